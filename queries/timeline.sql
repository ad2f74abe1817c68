-- Load calls over time, per boot and bucket of time; buckets without a call are left out.
-- @param bucket_ms INTEGER = 1000  width of a bucket in milliseconds
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  start of the bucket
-- @column attempts INTEGER calls  calls that began in it
-- @column loaded INTEGER calls  of them, calls that loaded a module
-- @column duplicates INTEGER calls  of them, duplicates
-- @column failed INTEGER calls  of them, other failures, failed inits included
-- @column wasted_bytes INTEGER bytes  bytes that they wasted, at least
-- @column cumulative_bytes INTEGER bytes  bytes wasted in the boot up to the bucket's end, at least
-- @needs attempts
-- @empty No trace with load calls and a clock in seconds was given.
WITH width AS (
  SELECT max(CAST($bucket_ms AS INTEGER), 1) * 1000000 AS ns
), bucketed AS (
  SELECT attempts.*, t_ns / ns * ns AS bucket
  FROM attempts, width WHERE t_ns IS NOT NULL AND clock <> 'ticks'
)
SELECT
  boot, bucket AS t,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(outcome = 'failed') AS failed,
  sum(wasted_low) AS wasted_bytes,
  sum(sum(wasted_low)) OVER (PARTITION BY boot ORDER BY bucket) AS cumulative_bytes
FROM bucketed
GROUP BY boot, bucket
ORDER BY boot, bucket
