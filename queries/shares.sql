-- SPDX-License-Identifier: Apache-2.0
-- Waste by origin: attempts that the kernel requested and those of user space, per boot, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column side TEXT -  kernel (a modprobe that request_module started), user space, or unknown
-- @column attempts INTEGER calls  attempts: finit_module and init_module calls
-- @column loaded INTEGER calls  successful attempts
-- @column duplicates INTEGER calls  attempts for a module that was already loaded or loading
-- @column coalesced INTEGER calls  attempts that waited for another attempt's load, at no cost
-- @column failed INTEGER calls  other failures, including failed inits
-- @column wasted_bytes INTEGER bytes  bytes charged to its attempts; a lower bound where some are only bounded
-- @column share REAL ratio  fraction of the wasted bytes of all sides
-- @column failed_time_s SECONDS s  total time in its duplicates and other failures
-- @column requests INTEGER calls  for the kernel: its request_module calls, as far as known
-- @column duplicate_requests INTEGER calls  those for a name whose request was running, or had ended less than 60 s before
-- @column basis TEXT -  of the bytes: measured where the trace holds all attempts and none is only bounded, else bounded
-- @column wasted_high INTEGER bytes  bytes charged to its attempts, at most; NULL: no bound
-- @needs grouped_attempts, grouped_requests, boots
-- @empty The inputs hold no trace of attempts.
WITH sided AS (
  SELECT
    CASE requester WHEN 'kernel' THEN 'kernel' WHEN 'unknown' THEN 'unknown' ELSE 'user space' END AS side,
    grouped_attempts.*
  FROM grouped_attempts
), asked AS (
  SELECT boot, sum(requests) AS requests, sum(requests * duplicate) AS duplicate_requests FROM grouped_requests
  GROUP BY boot
), sums AS (
  SELECT
    boot, side,
    sum(attempts) AS attempts,
    sum(iif(outcome = 'loaded', attempts, 0)) AS loaded,
    sum(iif(outcome = 'duplicate', attempts, 0)) AS duplicates,
    sum(iif(outcome = 'coalesced', attempts, 0)) AS coalesced,
    sum(iif(outcome = 'failed', attempts, 0)) AS failed,
    sum(wasted_low) AS wasted_bytes,
    sum(CASE WHEN outcome IN ('duplicate', 'failed') AND clock <> 'ticks' THEN spent_ns END) AS failed_time_s,
    min(exact) AS exact,
    CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END AS wasted_high
  FROM sided GROUP BY boot, side
)
SELECT
  s.boot, s.side, s.attempts, s.loaded, s.duplicates, s.coalesced, s.failed, s.wasted_bytes,
  CAST(s.wasted_bytes AS REAL) / nullif(sum(s.wasted_bytes) OVER (PARTITION BY s.boot), 0) AS share,
  s.failed_time_s,
  CASE s.side WHEN 'kernel' THEN a.requests END AS requests,
  CASE s.side WHEN 'kernel' THEN a.duplicate_requests END AS duplicate_requests,
  iif(b.trace_complete = 1 AND s.exact, 'measured', 'bounded') AS basis,
  s.wasted_high
FROM sums AS s JOIN boots AS b USING (boot) LEFT JOIN asked AS a USING (boot)
ORDER BY s.boot, s.wasted_bytes DESC, s.attempts DESC, s.side
