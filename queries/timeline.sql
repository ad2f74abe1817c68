-- SPDX-License-Identifier: Apache-2.0
-- Attempts over time, per boot and time bucket; empty buckets are omitted.
-- @param bucket_ms INTEGER = 1000  width of a bucket in milliseconds
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  start of the bucket
-- @column attempts INTEGER calls  attempts that started in it
-- @column loaded INTEGER calls  successful attempts among them
-- @column duplicates INTEGER calls  duplicates among them
-- @column failed INTEGER calls  other failures among them, including failed inits
-- @column wasted_bytes INTEGER bytes  bytes wasted by them, at least
-- @column cumulative_bytes INTEGER bytes  bytes wasted in the boot up to the bucket's end, at least
-- @column basis TEXT -  of the bytes: measured where the trace holds all attempts and none until the bucket's end is only bounded,
--   else bounded
-- @needs attempts, boots
-- @empty The inputs hold no trace of attempts with a clock in seconds.
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
  sum(sum(wasted_low)) OVER (PARTITION BY boot ORDER BY bucket) AS cumulative_bytes,
  iif(min(min(trace_complete = 1 AND wasted_low IS wasted_high)) OVER (PARTITION BY boot ORDER BY bucket), 'measured', 'bounded') AS basis
FROM bucketed JOIN boots USING (boot)
GROUP BY boot, bucket
ORDER BY boot, bucket
