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
-- @needs attempts, boots
-- @empty The inputs hold no trace of attempts.
SELECT
  attempts.boot, requester, comm, parent_comm,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(outcome = 'coalesced') AS coalesced,
  sum(outcome = 'failed') AS failed,
  sum(wasted_low) AS wasted_bytes,
  sum(CASE WHEN outcome IN ('duplicate', 'failed') AND clock <> 'ticks' THEN end_ns - t_ns END) AS failed_time_s,
  sum(CASE WHEN outcome = 'coalesced' AND clock <> 'ticks' THEN end_ns - t_ns END) AS coalesced_time_s,
  iif(min(boots.trace_complete = 1 AND wasted_low IS wasted_high), 'measured', 'bounded') AS basis
FROM attempts JOIN boots USING (boot)
GROUP BY attempts.boot, requester, comm, parent_comm
ORDER BY attempts.boot, wasted_bytes DESC, attempts DESC, requester, comm, parent_comm
