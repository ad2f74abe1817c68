-- SPDX-License-Identifier: Apache-2.0
-- Modules by what their failed loads wasted: duplicates and other failures together, per boot, most bytes first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column module TEXT -  module name
-- @column duplicates INTEGER calls  duplicate loads
-- @column other_failures INTEGER calls  failed loads that are not duplicates
-- @column reasons TEXT -  of the duplicates as the kernel prints them, then of the other failures
-- @column bytes INTEGER bytes  bytes wasted; exact, or an estimate where basis says estimated; NULL where only bounded
-- @column bytes_low INTEGER bytes  bytes wasted, at least
-- @column bytes_high INTEGER bytes  bytes wasted, at most; NULL: no bound
-- @column basis TEXT -  the weakest among them: measured, derived, bounded or estimated; NULL where no bytes are known
-- @needs attribution, failed_loads
-- @empty No failed load of a known module.
WITH parts AS (
  SELECT boot, module, times AS duplicates, 0 AS others, 1 AS place, reason, bytes, bytes_low, bytes_high, basis
  FROM attribution
  UNION ALL
  SELECT
    boot, module, 0, times, 2, reason,
    CASE WHEN basis IN ('measured', 'derived') OR phase = 'init' THEN coalesce(wasted_bytes, 0) END,
    coalesce(wasted_bytes, 0),
    CASE WHEN basis IN ('measured', 'derived') OR phase = 'init' THEN coalesce(wasted_bytes, 0) END,
    basis
  FROM failed_loads WHERE module IS NOT NULL
), sums AS (
  SELECT
    boot, module,
    sum(duplicates) AS duplicates,
    sum(others) AS other_failures,
    CASE WHEN count(*) = count(bytes) THEN sum(bytes) END AS bytes,
    sum(bytes_low) AS bytes_low,
    CASE WHEN count(*) = count(bytes_high) THEN sum(bytes_high) END AS bytes_high,
    CASE max(CASE basis WHEN 'measured' THEN 1 WHEN 'derived' THEN 2 WHEN 'bounded' THEN 3 WHEN 'estimated' THEN 4 END)
      WHEN 1 THEN 'measured' WHEN 2 THEN 'derived' WHEN 3 THEN 'bounded' WHEN 4 THEN 'estimated'
    END AS basis
  FROM parts
  GROUP BY boot, module
), reasons AS (
  SELECT boot, module, group_concat(reason, ', ' ORDER BY place, reason) AS reasons
  FROM (SELECT DISTINCT boot, module, place, reason FROM parts WHERE reason IS NOT NULL)
  GROUP BY boot, module
)
SELECT boot, module, duplicates, other_failures, reasons, bytes, bytes_low, bytes_high, basis
FROM sums LEFT JOIN reasons USING (boot, module)
ORDER BY boot, coalesce(bytes, bytes_low) DESC, duplicates + other_failures DESC, module
