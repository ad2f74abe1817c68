-- SPDX-License-Identifier: Apache-2.0
-- Skipped, repaired, lost and doubtful input, per code and source, worst first.
-- @column severity TEXT -  error, data-loss, warning or info
-- @column code TEXT -  stable code
-- @column source INTEGER -  source concerned
-- @column line INTEGER -  first line concerned
-- @column count INTEGER -  count
-- @column detail TEXT -  detail, as far as known
-- @column help TEXT -  meaning for the numbers, or what to do
-- @needs diagnostics
-- @empty Nothing was skipped, repaired, lost or doubtful.
SELECT severity, code, source, line, count, detail, help
FROM diagnostics
ORDER BY
  CASE severity WHEN 'error' THEN 1 WHEN 'data-loss' THEN 2 WHEN 'warning' THEN 3 ELSE 4 END,
  code, source, line, detail
