-- SPDX-License-Identifier: Apache-2.0
-- Changes between two kernel releases, per boot, per module with duplicates and per remedy, largest change first.
-- @param before TEXT  kernel release before; * and ? stand for any characters
-- @param after TEXT  kernel release after
-- @param least INTEGER = 5  minimum number of boots of each release
-- @param draws INTEGER = 2000  number of bootstrap draws
-- @param seed INTEGER = 1  seed of the draws
-- @column measure TEXT -  wasted bytes, failed loads, modules loaded, peak held at once (at least), wasted on module, or
--   saved by remedy (at least): per boot
-- @column module TEXT -  the module, or the remedy
-- @column boots_before INTEGER -  boots of the release before with a known value
-- @column boots_after INTEGER -  boots of the release after with a known value
-- @column median_before INTEGER -  lower median before
-- @column median_after INTEGER -  lower median after
-- @column difference INTEGER -  median after minus median before
-- @column low INTEGER -  lower end of the 95 % interval of the difference, by bootstrap
-- @column high INTEGER -  upper end
-- @column statement TEXT -  rose, fell, no difference shown, or too few boots
-- @needs boots, duplicates, held, remedies
-- @empty No boot of one of the releases was found; waste-by-kernel lists the releases.
WITH chosen AS (
  SELECT "case", boot, wasted_bytes, failures, modules_loaded, side
  FROM boots JOIN (SELECT 0 AS side, $before AS release UNION ALL SELECT 1, $after) ON kernel GLOB release
), affected AS (
  SELECT DISTINCT d.module FROM duplicates AS d JOIN chosen AS c ON c."case" = d."case" AND c.boot = d.boot
), measured AS (
  SELECT 'wasted bytes' AS measure, NULL AS module, side, wasted_bytes AS value FROM chosen
  UNION ALL SELECT 'failed loads', NULL, side, failures FROM chosen
  UNION ALL SELECT 'modules loaded', NULL, side, modules_loaded FROM chosen
  -- A boot with known waste that does not list the module wasted nothing on it.
  UNION ALL
  SELECT 'wasted on module', a.module, c.side, coalesce(d.bytes, d.bytes_low, 0)
  FROM chosen AS c JOIN affected AS a
  LEFT JOIN duplicates AS d ON d."case" = c."case" AND d.boot = c.boot AND d.module = a.module
  WHERE c.wasted_bytes IS NOT NULL
  UNION ALL
  SELECT 'peak held at once', NULL, c.side, h.peak_low
  FROM chosen AS c JOIN held AS h ON h."case" = c."case" AND h.boot = c.boot
  UNION ALL
  -- A boot with known waste and no failed load has nothing to save.
  SELECT 'saved by remedy', k.remedy, c.side, coalesce(r.saves_low, 0)
  FROM chosen AS c JOIN (SELECT DISTINCT remedy FROM remedies WHERE subject IS NULL) AS k
  LEFT JOIN remedies AS r ON r."case" = c."case" AND r.boot = c.boot AND r.remedy = k.remedy
  WHERE c.wasted_bytes IS NOT NULL
), ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY measure, module, side ORDER BY value) AS place,
    count(*) OVER (PARTITION BY measure, module, side) AS n
  FROM measured WHERE value IS NOT NULL
), compared AS (
  SELECT
    measure, module,
    sum(side = 0) AS boots_before,
    sum(side = 1) AS boots_after,
    max(CASE WHEN side = 0 AND place = (n + 1) / 2 THEN value END) AS median_before,
    max(CASE WHEN side = 1 AND place = (n + 1) / 2 THEN value END) AS median_after,
    CASE WHEN sum(side = 0) >= $least AND sum(side = 1) >= $least THEN median_difference(
      json_group_array(value) FILTER (WHERE side = 0), json_group_array(value) FILTER (WHERE side = 1), $seed, $draws
    ) END AS drawn
  FROM ranked GROUP BY measure, module
), ends AS (
  SELECT *, CAST(drawn ->> 'low' AS INTEGER) AS low, CAST(drawn ->> 'high' AS INTEGER) AS high FROM compared
)
SELECT
  measure, module, boots_before, boots_after, median_before, median_after,
  median_after - median_before AS difference, low, high,
  CASE WHEN drawn IS NULL THEN 'too few boots' WHEN low > 0 THEN 'rose' WHEN high < 0 THEN 'fell'
    ELSE 'no difference shown' END AS statement
FROM ends
ORDER BY
  CASE measure
    WHEN 'wasted bytes' THEN 1 WHEN 'failed loads' THEN 2 WHEN 'modules loaded' THEN 3 WHEN 'peak held at once' THEN 4
    WHEN 'wasted on module' THEN 5 ELSE 6
  END,
  abs(median_after - median_before) DESC, module
