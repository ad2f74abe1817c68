-- Programs that made load calls and what started them, per boot, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requester TEXT -  kind of caller, as in requesters
-- @column comm TEXT -  name of the task that called
-- @column parent_comm TEXT -  name of the task that started it; NULL where no fork of it is in the trace
-- @column attempts INTEGER calls  finit_module and init_module calls
-- @column loaded INTEGER calls  calls that loaded a module
-- @column duplicates INTEGER calls  calls for a module that was there or on its way already
-- @column coalesced INTEGER calls  calls that waited for another one's load and cost nothing
-- @column failed INTEGER calls  other failed calls, failed inits included
-- @column wasted_bytes INTEGER bytes  bytes charged to its calls; a lower bound where calls are only bounded
-- @column failed_time_s SECONDS s  time inside its duplicate and failed calls, added up
-- @column coalesced_time_s SECONDS s  time that its coalesced calls waited, added up
-- @needs attempts
-- @empty No trace with load calls was given.
SELECT
  boot, requester, comm, parent_comm,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(outcome = 'coalesced') AS coalesced,
  sum(outcome = 'failed') AS failed,
  sum(wasted_low) AS wasted_bytes,
  sum(CASE WHEN outcome IN ('duplicate', 'failed') AND clock <> 'ticks' THEN end_ns - t_ns END) AS failed_time_s,
  sum(CASE WHEN outcome = 'coalesced' AND clock <> 'ticks' THEN end_ns - t_ns END) AS coalesced_time_s
FROM attempts
GROUP BY boot, requester, comm, parent_comm
ORDER BY boot, wasted_bytes DESC, attempts DESC, requester, comm, parent_comm
