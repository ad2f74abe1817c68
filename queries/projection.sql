-- SPDX-License-Identifier: Apache-2.0
-- Expected duplicates, waste and peak on another number of CPUs, per boot and part: an estimate on the stated assumption, with
-- wide bounds where the boot has few CPUs. It held on one machine with 2, 4 and 8 CPUs, whose udev loads drivers for each CPU.
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
-- @column assumption TEXT -  what the estimate assumes
-- @column now_calls INTEGER calls  duplicates on this boot, including attempts that waited for another attempt's load
-- @column projected_calls_low INTEGER calls  estimated for those CPUs, at least
-- @column projected_calls_high INTEGER calls  at most
-- @needs attribution, attempts, boots, held_areas
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
  SELECT boot, module, times, bytes_low, bytes_high FROM attribution
  UNION ALL
  -- Modules of which every duplicate waited.
  SELECT boot, module, 0, 0, 0 FROM waited WHERE (boot, module) NOT IN (SELECT boot, module FROM attribution)
), joined AS (
  SELECT
    c.boot, c.bytes_low, c.bytes_high, b.others, b.projected_others, c.times + coalesce(w.calls, 0) AS calls
  FROM counted AS c JOIN boots_of AS b USING (boot) LEFT JOIN waited AS w USING (boot, module)
), sorted AS (
  -- A multiple of CPUs - 1: one or more on each CPU; a divisor: one on some of them. Half of CPUs - 1 and more may be per CPU
  -- as well, as kmod does not call for a module that it finds live.
  SELECT
    *, calls % others = 0 OR (calls > 1 AND others % calls = 0) AS per_cpu, calls * 2 >= others AND projected_others <> others AS grows
  FROM joined
), scaled AS (
  SELECT
    boot, per_cpu, bytes_low AS low, bytes_high AS high, calls,
    iif(grows, min(bytes_low, bytes_low * projected_others / others), bytes_low) AS projected_low,
    iif(grows, max(bytes_high, (bytes_high * whole * projected_others + calls - 1) / calls), bytes_high) AS projected_high,
    iif(grows, min(calls, calls / others * projected_others), calls) AS calls_low,
    iif(grows, max(calls, whole * projected_others), calls) AS calls_high
  FROM (SELECT *, (calls + others - 1) / others AS whole FROM sorted)
), parts AS (
  SELECT *, iif(per_cpu, 'per-CPU duplicates', 'other duplicates') AS part, iif(per_cpu, 1, 2) AS place FROM scaled
  UNION ALL
  SELECT *, 'all duplicates', 3 FROM scaled
), waste AS (
  SELECT
    boot, part, place, NULL AS area, count(*) AS modules, sum(low) AS now_low,
    CASE WHEN count(high) = count(*) THEN sum(high) END AS now_high,
    sum(projected_low) AS projected_low,
    CASE WHEN count(high) = count(*) THEN sum(projected_high) END AS projected_high,
    NULL AS area_bytes,
    CASE
      WHEN place = 1 THEN 'as many on each further CPU, or a number that only chance made a multiple or divisor of CPUs - 1'
      WHEN place = 2 THEN 'the number does not depend on CPUs; from half of CPUs - 1 on, it may, and calls of some found the module live'
      ELSE 'those of the parts'
    END AS assumption,
    sum(calls) AS now_calls, sum(calls_low) AS calls_low, sum(calls_high) AS calls_high
  FROM parts GROUP BY boot, part, place
), peaks AS (
  SELECT
    a.boot, 'peak held at once' AS part, 4 AS place, a.area, NULL AS modules, a.peak_low AS now_low, a.peak_high AS now_high,
    iif(b.projected < b.cpus, a.peak_low * b.projected_others / b.others, a.peak_low) AS projected_low,
    iif(b.projected > b.cpus, (a.peak_high * b.projected_others + b.others - 1) / b.others, a.peak_high) AS projected_high,
    a.area_bytes,
    'what is held at once grows at most with CPUs - 1, or stays; area: ' || a.origin AS assumption,
    NULL AS now_calls, NULL AS calls_low, NULL AS calls_high
  FROM held_areas AS a JOIN boots_of AS b USING (boot)
), every AS (
  SELECT * FROM waste UNION ALL SELECT * FROM peaks
)
SELECT
  e.boot, e.part, e.area, b.cpus, b.projected AS projected_cpus, e.modules, e.now_low, e.now_high,
  coalesce(e.projected_low, 0) AS projected_low, e.projected_high, e.area_bytes,
  CAST(e.projected_high AS REAL) / e.area_bytes AS share_high, 'estimated' AS basis, e.assumption, e.now_calls,
  e.calls_low AS projected_calls_low, e.calls_high AS projected_calls_high
FROM every AS e JOIN boots_of AS b USING (boot)
ORDER BY e.boot, e.place, e.area
