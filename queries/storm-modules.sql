-- SPDX-License-Identifier: Apache-2.0
-- Duplicate, coalesced and failed attempts of each module: how many, when and how long, per boot, most first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column module TEXT -  module name
-- @column attempts INTEGER calls  attempts; NULL where only the duplicate list is known
-- @column loaded INTEGER calls  successful attempts among them
-- @column duplicates INTEGER calls  duplicates, by the trace or by the duplicate list
-- @column coalesced INTEGER calls  attempts that waited for another attempt's load
-- @column failed INTEGER calls  other failures, including failed inits
-- @column first_t SECONDS s  start of its first attempt
-- @column last_t SECONDS s  start of its last attempt
-- @column peak_attempts INTEGER calls  most attempts for it at once
-- @column failed_time_s SECONDS s  total time in its duplicates and other failures
-- @column coalesced_time_s SECONDS s  total waiting time of its coalesced attempts
-- @column per_cpu INTEGER -  its duplicates and coalesced attempts divided by CPUs - 1, where that is a whole number
-- @needs attempts, attribution, boots
-- @empty No duplicate, coalesced or failed attempt for a known module.
WITH wasted AS MATERIALIZED (
  SELECT boot, module FROM attempts
  WHERE outcome IN ('duplicate', 'coalesced', 'failed') AND module IS NOT NULL
  UNION
  SELECT boot, module FROM attribution
), sums AS (
  SELECT
    boot, module,
    count(*) AS attempts,
    sum(outcome = 'loaded') AS loaded,
    sum(outcome = 'duplicate') AS duplicates,
    sum(outcome = 'coalesced') AS coalesced,
    sum(outcome = 'failed') AS failed,
    min(CASE WHEN clock <> 'ticks' THEN t_ns END) AS first_ns,
    max(CASE WHEN clock <> 'ticks' THEN t_ns END) AS last_ns,
    sum(CASE WHEN outcome IN ('duplicate', 'failed') AND clock <> 'ticks' THEN end_ns - t_ns END) AS failed_ns,
    sum(CASE WHEN outcome = 'coalesced' AND clock <> 'ticks' THEN end_ns - t_ns END) AS coalesced_ns
  FROM attempts WHERE (boot, module) IN (SELECT boot, module FROM wasted) GROUP BY boot, module
), merged AS (
  SELECT
    boot, module, s.attempts, s.loaded,
    max(coalesce(s.duplicates, 0), coalesce(a.times, 0)) AS duplicates,
    s.coalesced, s.failed, s.first_ns, s.last_ns, s.failed_ns, s.coalesced_ns
  FROM sums AS s FULL JOIN attribution AS a USING (boot, module)
), listed AS (
  SELECT *, duplicates + coalesce(coalesced, 0) + coalesce(failed, 0) AS for_nothing FROM merged
  WHERE duplicates + coalesce(coalesced, 0) + coalesce(failed, 0) > 0
), timed AS MATERIALIZED (
  SELECT boot, module, clock, t_ns, end_ns FROM attempts
  WHERE t_ns IS NOT NULL AND end_ns IS NOT NULL AND (boot, module) IN (SELECT boot, module FROM listed)
), steps AS (
  SELECT boot, module, clock, t_ns, 1 AS step FROM timed
  UNION ALL
  SELECT boot, module, clock, end_ns, -1 FROM timed
), running AS (
  SELECT
    boot, module,
    sum(step) OVER (PARTITION BY boot, module, clock ORDER BY t_ns, step ROWS UNBOUNDED PRECEDING) AS calls
  FROM steps
), peaks AS (
  SELECT boot, module, max(calls) AS calls FROM running GROUP BY boot, module
)
SELECT
  m.boot, m.module, m.attempts, m.loaded, m.duplicates, m.coalesced, m.failed,
  m.first_ns AS first_t, m.last_ns AS last_t, p.calls AS peak_attempts,
  m.failed_ns AS failed_time_s, m.coalesced_ns AS coalesced_time_s,
  CASE WHEN (m.duplicates + coalesce(m.coalesced, 0)) % nullif(b.cpus - 1, 0) = 0
    THEN nullif((m.duplicates + coalesce(m.coalesced, 0)) / (b.cpus - 1), 0) END AS per_cpu
FROM listed AS m
JOIN boots AS b USING (boot)
LEFT JOIN peaks AS p USING (boot, module)
ORDER BY m.boot, m.for_nothing DESC, m.module
