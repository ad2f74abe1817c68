-- SPDX-License-Identifier: Apache-2.0
-- Programs that made attempts, and their parents, per boot, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requester TEXT -  kind of caller, as in requesters
-- @column comm TEXT -  name of the calling task
-- @column parent_comm TEXT -  name of its parent task; NULL where the trace holds no fork of it
-- @column attempts INTEGER calls  attempts: finit_module and init_module calls
-- @column loaded INTEGER calls  successful attempts
-- @column duplicates INTEGER calls  attempts for a module that was already loaded or loading
-- @column coalesced INTEGER calls  attempts that waited for another attempt's load, at no cost
-- @column failed INTEGER calls  other failures, including failed inits
-- @column wasted_bytes INTEGER bytes  bytes charged to its attempts; a lower bound where some are only bounded
-- @column failed_time_s SECONDS s  total time in its duplicates and other failures
-- @column coalesced_time_s SECONDS s  total waiting time of its coalesced attempts
-- @column basis TEXT -  of the bytes: measured where the trace holds all attempts and none is only bounded, else bounded
-- @column wasted_high INTEGER bytes  bytes charged to its attempts, at most; NULL: no bound
-- @needs grouped_attempts, boots
-- @empty The inputs hold no trace of attempts.
SELECT
  boot, requester, comm, parent_comm,
  sum(a.attempts) AS attempts,
  sum(iif(outcome = 'loaded', a.attempts, 0)) AS loaded,
  sum(iif(outcome = 'duplicate', a.attempts, 0)) AS duplicates,
  sum(iif(outcome = 'coalesced', a.attempts, 0)) AS coalesced,
  sum(iif(outcome = 'failed', a.attempts, 0)) AS failed,
  sum(wasted_low) AS wasted_bytes,
  sum(CASE WHEN outcome IN ('duplicate', 'failed') AND clock <> 'ticks' THEN spent_ns END) AS failed_time_s,
  sum(CASE WHEN outcome = 'coalesced' AND clock <> 'ticks' THEN spent_ns END) AS coalesced_time_s,
  iif(min(boots.trace_complete = 1 AND exact), 'measured', 'bounded') AS basis,
  CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END AS wasted_high
FROM grouped_attempts AS a JOIN boots USING (boot)
GROUP BY boot, requester, comm, parent_comm
ORDER BY boot, wasted_bytes DESC, sum(a.attempts) DESC, requester, comm, parent_comm
