-- SPDX-License-Identifier: Apache-2.0
-- Advice over all boots, by kind, most savings first: what to do about all findings (what each change alone saves: top-remedies).
-- @param limit INTEGER = 20  Number of rows.
-- @column kind TEXT -  as in advice
-- @column boots INTEGER -  boots with such advice
-- @column saves_low INTEGER bytes  bytes that it would save, at least, where known
-- @column saves_high INTEGER bytes  bytes that it would save, at most; NULL: no bound
-- @column calls INTEGER calls  attempts, requests or allocations concerned
-- @column text TEXT -  the advice, of the boot where it saves most
-- @column case TEXT -  that boot's case
-- @column boot INTEGER -  that boot
-- @needs advice
-- @empty There is no advice.
WITH ranked AS (
  SELECT
    "case", boot, kind, text, saves_low, saves_high, calls,
    row_number() OVER (
      PARTITION BY kind ORDER BY coalesce(saves_low, 0) DESC, coalesce(calls, 0) DESC, "case", boot, rank
    ) AS place
  FROM advice
)
SELECT
  kind, count(DISTINCT "case" || ' ' || boot) AS boots, sum(saves_low) AS saves_low,
  CASE WHEN count(saves_high) = count(*) THEN sum(saves_high) END AS saves_high, sum(calls) AS calls,
  max(CASE place WHEN 1 THEN text END) AS text, max(CASE place WHEN 1 THEN "case" END) AS "case",
  max(CASE place WHEN 1 THEN boot END) AS boot
FROM ranked
GROUP BY kind
ORDER BY coalesce(sum(saves_low), 0) DESC, boots DESC, kind
LIMIT $limit
