-- SPDX-License-Identifier: Apache-2.0
-- Changes between two kernel releases, per boot, per module with duplicates and per remedy, largest change first.
-- @param before TEXT  kernel release before; * and ? stand for any characters
-- @param after TEXT  kernel release after
-- @param least INTEGER = 5  minimum number of boots of each release
-- @param draws INTEGER = 2000  number of bootstrap draws
-- @param seed INTEGER = 1  seed of the draws
-- @param fdr REAL = 0.05  largest q that counts as a change
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
-- @column statement TEXT -  rose or fell (q is at most fdr), no difference shown, or too few boots
-- @column larger REAL ratio  chance that a boot after has more than one before, ties as half
-- @column p REAL -  chance of such ranks if the releases do not differ: Mann-Whitney test, both sides, corrected for ties
-- @column q REAL -  p adjusted for the number of rows by Benjamini and Hochberg (1995): of the rows with at most
--   this q, about that fraction are false
-- @column basis TEXT -  of the values: derived where each is exact, else bounded; then only the evidence may have changed
-- @column at_least INTEGER -  boots of both releases whose value is a lower bound
-- @needs boots, duplicates, held, remedies
-- @empty No boot of one of the releases was found; waste-by-kernel lists the releases.
WITH chosen AS MATERIALIZED (
  SELECT "case", boot, wasted_bytes, failures, modules_loaded, side, CAST(complete IS DISTINCT FROM 1 AS INTEGER) AS partial
  FROM boots JOIN (SELECT 0 AS side, $before AS release UNION ALL SELECT 1, $after) AS r ON kernel GLOB release
), known AS (
  SELECT side, count(*) AS n, sum(partial) AS partial FROM chosen WHERE wasted_bytes IS NOT NULL GROUP BY side
), named AS MATERIALIZED (
  SELECT
    'wasted on module' AS measure, d.module AS module, c.side, coalesce(d.bytes, d.bytes_low, 0) AS value, c.wasted_bytes,
    c.partial, CASE WHEN d.basis IN ('measured', 'derived') THEN c.partial ELSE 1 END AS bound
  FROM duplicates AS d JOIN chosen AS c ON c."case" = d."case" AND c.boot = d.boot
  UNION ALL
  SELECT
    'saved by remedy', r.remedy, c.side, coalesce(r.saves_low, 0), c.wasted_bytes,
    c.partial, CASE r.basis WHEN 'derived' THEN c.partial ELSE 1 END
  FROM remedies AS r JOIN chosen AS c ON c."case" = r."case" AND c.boot = r.boot
  WHERE r.remedy IN (SELECT remedy FROM remedies WHERE subject IS NULL)
), listed AS MATERIALIZED (
  SELECT measure, module, side, value, count(*) AS c, sum(partial) AS partial, sum(bound) AS bound
  FROM named WHERE wasted_bytes IS NOT NULL GROUP BY 1, 2, 3, 4
), subjects AS (
  SELECT DISTINCT measure, module FROM named
  UNION SELECT DISTINCT 'saved by remedy', remedy FROM remedies WHERE subject IS NULL
), counted AS (
  SELECT 'wasted bytes' AS measure, NULL AS module, side, wasted_bytes AS value, count(*) AS c, sum(partial) AS bound
  FROM chosen GROUP BY 3, 4
  UNION ALL SELECT 'failed loads', NULL, side, failures, count(*), sum(partial) FROM chosen GROUP BY 3, 4
  UNION ALL SELECT 'modules loaded', NULL, side, modules_loaded, count(*), sum(partial) FROM chosen GROUP BY 3, 4
  UNION ALL
  SELECT 'peak held at once', NULL, c.side, h.peak_low, count(*), sum(CASE h.basis WHEN 'measured' THEN c.partial ELSE 1 END)
  FROM chosen AS c JOIN held AS h ON h."case" = c."case" AND h.boot = c.boot GROUP BY 3, 4
  UNION ALL SELECT measure, module, side, value, c, bound FROM listed
  -- A boot with known waste that does not list the module wasted nothing on it; one without failed loads has nothing to save.
  UNION ALL
  SELECT s.measure, s.module, k.side, 0, k.n - coalesce(sum(l.c), 0), k.partial - coalesce(sum(l.partial), 0)
  FROM subjects AS s CROSS JOIN known AS k
  LEFT JOIN listed AS l ON l.measure = s.measure AND l.module = s.module AND l.side = k.side
  GROUP BY s.measure, s.module, k.side, k.n, k.partial
), distinct_values AS (
  SELECT
    measure, module, value,
    CAST(coalesce(sum(c) FILTER (WHERE side = 0), 0) AS BIGINT) AS c0,
    CAST(coalesce(sum(c) FILTER (WHERE side = 1), 0) AS BIGINT) AS c1,
    CAST(sum(bound) AS BIGINT) AS bound
  FROM counted WHERE value IS NOT NULL AND c > 0 GROUP BY measure, module, value
), summed AS (
  SELECT
    *,
    CAST(sum(c0) OVER so_far AS BIGINT) AS end0, CAST(sum(c1) OVER so_far AS BIGINT) AS end1,
    CAST(sum(c0) OVER whole AS BIGINT) AS n0, CAST(sum(c1) OVER whole AS BIGINT) AS n1
  FROM distinct_values
  WINDOW
    so_far AS (PARTITION BY measure, module ORDER BY value ROWS UNBOUNDED PRECEDING),
    whole AS (PARTITION BY measure, module)
), near AS (
  -- Within three times the root of n of the median's rank: six standard deviations of that of a resample.
  SELECT
    *,
    c0 > 0 AND (2 * end0 >= n0 OR (n0 - 2 * end0) * (n0 - 2 * end0) <= 36 * n0 + 144)
      AND (2 * (end0 - c0) <= n0 OR (2 * (end0 - c0) - n0) * (2 * (end0 - c0) - n0) <= 36 * n0 + 144) AS near0,
    c1 > 0 AND (2 * end1 >= n1 OR (n1 - 2 * end1) * (n1 - 2 * end1) <= 36 * n1 + 144)
      AND (2 * (end1 - c1) <= n1 OR (2 * (end1 - c1) - n1) * (2 * (end1 - c1) - n1) <= 36 * n1 + 144) AS near1
  FROM summed
), compared AS (
  SELECT
    measure, module, n0, n1,
    min(value) FILTER (WHERE end0 >= (n0 + 1) / 2) AS median_before,
    min(value) FILTER (WHERE end1 >= (n1 + 1) / 2) AS median_after,
    string_agg(value || ' ' || end0, ',') FILTER (WHERE near0) AS spread0,
    string_agg(value || ' ' || end1, ',') FILTER (WHERE near1) AS spread1,
    -- Pairs in which the boot after has more, those with as much as half.
    sum(CAST(c1 AS DOUBLE) * (end0 - c0) + CAST(c1 AS DOUBLE) * c0 / 2) AS u,
    sum(CAST(c0 + c1 AS DOUBLE) * (c0 + c1) * (c0 + c1) - (c0 + c1)) AS ties,
    CAST(sum(bound) AS BIGINT) AS bound
  FROM near GROUP BY measure, module, n0, n1
), tested AS (
  SELECT
    *,
    CASE WHEN n0 >= $least AND n1 >= $least THEN
      median_difference(spread0, n0, spread1, n1, $seed, $draws)
    END AS drawn,
    CASE WHEN n0 >= $least AND n1 >= $least THEN rank_sum_p(u, n0, n1, ties) END AS p
  FROM compared
), placed AS (
  SELECT *, row_number() OVER (ORDER BY p IS NULL, p) AS place, count(p) OVER () AS tests FROM tested
), adjusted AS (
  SELECT
    *,
    CASE WHEN p IS NOT NULL THEN
      min(CASE WHEN p * tests / place < 1 THEN p * tests / place ELSE 1e0 END)
        OVER (ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
    END AS q,
    u / nullif(CAST(n0 AS DOUBLE) * n1, 0) AS larger
  FROM placed
)
SELECT
  measure, module, n0 AS boots_before, n1 AS boots_after, median_before, median_after,
  median_after - median_before AS difference,
  CAST(drawn ->> '$.low' AS BIGINT) AS low, CAST(drawn ->> '$.high' AS BIGINT) AS high,
  CASE WHEN p IS NULL THEN 'too few boots' WHEN q > $fdr THEN 'no difference shown'
    WHEN larger > 5e-1 THEN 'rose' ELSE 'fell' END AS statement,
  larger, p, q, CASE bound WHEN 0 THEN 'derived' ELSE 'bounded' END AS basis, bound AS at_least
FROM adjusted
ORDER BY
  CASE measure
    WHEN 'wasted bytes' THEN 1 WHEN 'failed loads' THEN 2 WHEN 'modules loaded' THEN 3 WHEN 'peak held at once' THEN 4
    WHEN 'wasted on module' THEN 5 ELSE 6
  END,
  abs(median_after - median_before) DESC, q, module
