-- SPDX-License-Identifier: Apache-2.0
-- Expected waste and peak on another number of CPUs, per boot and part: an estimate on the stated assumption, not yet held
-- against captures of one machine with several numbers of CPUs.
-- @param cpus INTEGER  CPUs of the machine to project to
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column part TEXT -  per-CPU duplicates, other duplicates, all duplicates, or peak held at once
-- @column area TEXT -  for the peak: vmalloc, or modules where laid-out modules have an area of their own
-- @column cpus INTEGER -  CPUs of the boot
-- @column projected_cpus INTEGER -  CPUs projected to
-- @column modules INTEGER -  modules in the part
-- @column now_low INTEGER bytes  bytes on this boot, at least
-- @column now_high INTEGER bytes  at most; NULL: no bound
-- @column projected_low INTEGER bytes  bytes estimated for those CPUs, at least
-- @column projected_high INTEGER bytes  at most; NULL: no bound
-- @column area_bytes INTEGER bytes  size of the area; NULL where unknown
-- @column share_high REAL ratio  projected_high as a fraction of area_bytes
-- @column basis TEXT -  estimated
-- @column assumption TEXT -  what the estimate takes for granted
-- @needs attribution, attempts, boots, held, held_areas
-- @empty No boot has a known number of CPUs above 1, and duplicates or a trace that shows what was held.
WITH asked AS (
  SELECT max(CAST($cpus AS INTEGER), 1) AS cpus
), boots_of AS (
  SELECT b.boot, b.cpus, a.cpus AS projected, b.cpus - 1 AS others, a.cpus - 1 AS projected_others
  FROM boots AS b, asked AS a WHERE b.cpus > 1
), waited AS (
  SELECT boot, module, count(*) AS calls
  FROM attempts WHERE outcome = 'coalesced' AND module IS NOT NULL GROUP BY boot, module
), counted AS (
  SELECT
    a.boot, a.bytes_low, a.bytes_high, b.others, b.projected_others,
    a.times + coalesce(w.calls, 0) AS calls
  FROM attribution AS a JOIN boots_of AS b USING (boot)
  LEFT JOIN waited AS w ON w.boot = a.boot AND w.module = a.module
), sorted AS (
  -- A multiple of CPUs - 1: one or more on each CPU; a divisor: one on some of them.
  SELECT *, calls % others = 0 OR (calls > 1 AND others % calls = 0) AS per_cpu FROM counted
), scaled AS (
  SELECT
    boot, per_cpu, bytes_low AS low, bytes_high AS high,
    iif(per_cpu, min(bytes_low, bytes_low * projected_others / others), bytes_low) AS projected_low,
    iif(per_cpu, max(bytes_high, (bytes_high * projected_others + others - 1) / others), bytes_high) AS projected_high
  FROM sorted
), parts AS (
  SELECT
    boot, iif(per_cpu, 'per-CPU duplicates', 'other duplicates') AS part, per_cpu, iif(per_cpu, 1, 2) AS place,
    low, high, projected_low, projected_high
  FROM scaled
  UNION ALL
  SELECT boot, 'all duplicates', NULL, 3, low, high, projected_low, projected_high FROM scaled
), waste AS (
  SELECT
    boot, part, place, NULL AS area, count(*) AS modules, sum(low) AS now_low,
    CASE WHEN count(high) = count(*) THEN sum(high) END AS now_high,
    sum(projected_low) AS projected_low,
    CASE WHEN count(high) = count(*) THEN sum(projected_high) END AS projected_high,
    NULL AS area_bytes,
    CASE
      WHEN place = 1 THEN 'as many on each further CPU, or a number that only chance made a multiple or divisor of CPUs - 1'
      WHEN place = 2 THEN 'the number does not depend on CPUs'
      ELSE 'those of the parts'
    END AS assumption
  FROM parts GROUP BY boot, part, place
), peaks AS (
  SELECT
    h.boot, 'peak held at once' AS part, 4 AS place, a.area, NULL AS modules, a.peak_low AS now_low, a.peak_high AS now_high,
    -- Of what was held, duplicates grow or shrink with the other CPUs, or not at all.
    max(min(a.peak_low, a.peak_low - (h.duplicate_high * (b.others - b.projected_others) + b.others - 1) / b.others), 0)
      AS projected_low,
    max(a.peak_high, a.peak_high + (min(h.duplicate_high, a.peak_high) * (b.projected_others - b.others) + b.others - 1) / b.others)
      AS projected_high,
    a.area_bytes,
    'duplicates held then grow with CPUs - 1, or stay; loads of other modules do not meet more often; area: ' || a.origin
      AS assumption
  FROM held AS h JOIN held_areas AS a USING (boot) JOIN boots_of AS b USING (boot)
), every AS (
  SELECT * FROM waste UNION ALL SELECT * FROM peaks
)
SELECT
  e.boot, e.part, e.area, b.cpus, b.projected AS projected_cpus, e.modules, e.now_low, e.now_high,
  coalesce(e.projected_low, 0) AS projected_low, e.projected_high, e.area_bytes,
  CAST(e.projected_high AS REAL) / e.area_bytes AS share_high, 'estimated' AS basis, e.assumption
FROM every AS e JOIN boots_of AS b USING (boot)
ORDER BY e.boot, e.place, e.area
