-- SPDX-License-Identifier: Apache-2.0
-- Attempts of a trace by outcome, per boot: attempts are the sum of the six outcomes, failures that of the phases.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column attempts INTEGER calls  attempts (finit_module and init_module calls): loaded + duplicates + coalesced + failed +
--   refused + unknown
-- @column loaded INTEGER calls  successful attempts
-- @column duplicates INTEGER calls  attempts for a module that was already loaded or loading
-- @column coalesced INTEGER calls  attempts that waited for another attempt's load, at no cost
-- @column failed INTEGER calls  other failures
-- @column refused INTEGER calls  attempts refused before anything was read
-- @column unknown INTEGER calls  attempts with an outcome that the trace does not show
-- @column charged INTEGER calls  duplicates + failed that the kernel charges to one of its four phases
-- @column failed_inits INTEGER calls  failed attempts that ended in the module's own init, charged to no phase
-- @column phase_unknown INTEGER calls  duplicates + failed with an unknown phase
-- @column failures INTEGER calls  duplicates + failed that may be charged to a phase: charged + phase_unknown
-- @needs grouped_attempts
-- @empty The inputs hold no trace of attempts.
SELECT
  boot,
  sum(attempts) AS attempts,
  sum(iif(outcome = 'loaded', attempts, 0)) AS loaded,
  sum(iif(outcome = 'duplicate', attempts, 0)) AS duplicates,
  sum(iif(outcome = 'coalesced', attempts, 0)) AS coalesced,
  sum(iif(outcome = 'failed', attempts, 0)) AS failed,
  sum(iif(outcome = 'refused', attempts, 0)) AS refused,
  sum(iif(outcome = 'unknown', attempts, 0)) AS unknown,
  sum(iif(outcome IN ('duplicate', 'failed') AND phase IS NOT NULL AND phase <> 'init', attempts, 0)) AS charged,
  sum(iif(outcome IN ('duplicate', 'failed') AND phase IS 'init', attempts, 0)) AS failed_inits,
  sum(iif(outcome IN ('duplicate', 'failed') AND phase IS NULL, attempts, 0)) AS phase_unknown,
  sum(iif(outcome IN ('duplicate', 'failed') AND phase IS NOT 'init', attempts, 0)) AS failures
FROM grouped_attempts
GROUP BY boot
ORDER BY boot
