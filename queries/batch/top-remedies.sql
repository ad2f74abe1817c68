-- SPDX-License-Identifier: Apache-2.0
-- What would have saved memory over all boots, each remedy alone, most bytes first: which one, and in how many boots (what to do: top-advice).
-- @param least INTEGER = 1  minimum number of boots that the remedy is about
-- @column remedy TEXT -  remedy, as in the query remedies; fix-requester and drop-module without their rank
-- @column subject TEXT -  requester or module that it is about
-- @column boots INTEGER -  boots with failed loads that it is about
-- @column helped INTEGER -  boots among them in which it would have saved something for certain
-- @column saves_low INTEGER bytes  bytes that it would have saved, at least
-- @column saves_high INTEGER bytes  at most; NULL: no bound in at least one boot
-- @column calls_high INTEGER calls  failed loads concerned, at most
-- @column median_bytes INTEGER bytes  median of saves_low over those boots (lower median)
-- @column worst_case TEXT -  the case in which it would have saved most
-- @column basis TEXT -  derived where it is in each boot, else bounded; both on the assumption
-- @column assumption TEXT -  what the replay assumes
-- @needs remedies
-- @empty No case names a failed load.
WITH named AS (
  SELECT
    *, CASE WHEN remedy GLOB '*-[0-9]' THEN substr(remedy, 1, length(remedy) - 2) ELSE remedy END AS kind
  FROM remedies
), ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY kind, subject ORDER BY saves_low, "case", boot) AS place,
    count(*) OVER (PARTITION BY kind, subject) AS n
  FROM named
)
SELECT
  kind AS remedy, subject, count(*) AS boots, sum(saves_low > 0) AS helped, sum(saves_low) AS saves_low,
  CASE WHEN count(saves_high) = count(*) THEN sum(saves_high) END AS saves_high,
  sum(calls_high) AS calls_high,
  max(CASE WHEN place = (n + 1) / 2 THEN saves_low END) AS median_bytes,
  max(CASE WHEN place = n AND saves_low > 0 THEN "case" END) AS worst_case,
  CASE WHEN sum(basis <> 'derived') = 0 THEN 'derived' ELSE 'bounded' END AS basis, min(assumption) AS assumption
FROM ranked
GROUP BY kind, subject
HAVING count(*) >= $least
ORDER BY sum(saves_low) DESC, count(saves_high) < count(*) DESC, sum(saves_high) DESC, kind, subject
