-- How the load calls of a trace add up, per boot: attempts are the sum of the six outcomes, failures of their phases.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column attempts INTEGER calls  finit_module and init_module calls: loaded + duplicates + coalesced + failed +
--   refused + unknown
-- @column loaded INTEGER calls  calls that loaded a module
-- @column duplicates INTEGER calls  calls for a module that was there or on its way already
-- @column coalesced INTEGER calls  calls that waited for another one's load and cost nothing
-- @column failed INTEGER calls  other failed calls
-- @column refused INTEGER calls  calls refused before anything was read
-- @column unknown INTEGER calls  calls whose outcome the trace does not tell
-- @column charged INTEGER calls  duplicates + failed that the kernel charges to one of its four phases
-- @column failed_inits INTEGER calls  failed calls that ended in the module's own init, charged to no phase
-- @column phase_unknown INTEGER calls  duplicates + failed whose phase the trace does not tell
-- @needs attempts
-- @empty No trace with load calls was given.
SELECT
  boot,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(outcome = 'coalesced') AS coalesced,
  sum(outcome = 'failed') AS failed,
  sum(outcome = 'refused') AS refused,
  sum(outcome = 'unknown') AS unknown,
  sum(outcome IN ('duplicate', 'failed') AND phase IS NOT NULL AND phase <> 'init') AS charged,
  sum(outcome IN ('duplicate', 'failed') AND phase IS 'init') AS failed_inits,
  sum(outcome IN ('duplicate', 'failed') AND phase IS NULL) AS phase_unknown
FROM attempts
GROUP BY boot
ORDER BY boot
