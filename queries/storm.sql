-- SPDX-License-Identifier: Apache-2.0
-- The storm of attempts per boot: when, how many at once, and the time spent in failures.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column cpus INTEGER -  CPUs, where known
-- @column attempts INTEGER calls  attempts: finit_module and init_module calls
-- @column failed INTEGER calls  duplicates and other failures among them
-- @column coalesced INTEGER calls  attempts among them that waited for another attempt's load
-- @column first_t SECONDS s  start of the first duplicate or other failure; NULL where they have several clocks, or only ticks
-- @column last_t SECONDS s  start of the last duplicate or other failure; NULL as first_t
-- @column peak_attempts INTEGER calls  most attempts at once, whatever their outcome
-- @column peak_t SECONDS s  time when that was first reached
-- @column failed_time_s SECONDS s  total time in duplicates and other failures, from enter to exit; of failed_timed of them
-- @column coalesced_time_s SECONDS s  total waiting time of coalesced attempts
-- @column longest_failed_s SECONDS s  the longest duplicate or other failure
-- @column per_cpu_modules INTEGER -  modules whose duplicates and coalesced attempts are a multiple of CPUs - 1
-- @column allocation_failures INTEGER -  failed allocations in the log between first_t and last_t
-- @column most_from_t SECONDS s  start of the shortest span with 90 % of the waste
-- @column most_to_t SECONDS s  start of the last attempt in that span
-- @column peak_failed INTEGER calls  most duplicates and other failures at once
-- @column failed_timed INTEGER calls  duplicates and other failures whose start and end a clock in seconds shows
-- @needs grouped_attempts, boots, attribution, allocation_failures
-- @empty The inputs hold no trace of attempts.
WITH sums AS (
  SELECT
    boot,
    sum(attempts) AS attempts,
    sum(iif(outcome IN ('duplicate', 'failed'), attempts, 0)) AS failed,
    sum(iif(outcome = 'coalesced', attempts, 0)) AS coalesced,
    count(module) AS named,
    max(concurrent) AS peak
  FROM grouped_attempts GROUP BY boot
), spans AS (
  SELECT
    boot,
    min(CASE WHEN outcome <> 'coalesced' THEN first_ns END) AS first_ns,
    max(CASE WHEN outcome <> 'coalesced' THEN last_ns END) AS last_ns,
    -- A relative clock starts with its source.
    count(DISTINCT CASE WHEN outcome <> 'coalesced' THEN iif(clock = 'relative', source, clock) END) AS clocks,
    max(CASE WHEN outcome <> 'coalesced' THEN clock END) AS clock,
    sum(iif(outcome <> 'coalesced', timed, 0)) AS timed,
    sum(CASE WHEN outcome <> 'coalesced' THEN spent_ns END) AS failed_ns,
    sum(CASE WHEN outcome = 'coalesced' THEN spent_ns END) AS coalesced_ns,
    max(CASE WHEN outcome <> 'coalesced' THEN longest_ns END) AS longest_ns
  FROM grouped_attempts
  WHERE outcome IN ('duplicate', 'coalesced', 'failed') AND first_ns IS NOT NULL AND clock <> 'ticks'
  GROUP BY boot
), extra AS (
  SELECT boot, module, sum(attempts) AS calls
  FROM grouped_attempts WHERE outcome IN ('duplicate', 'coalesced') AND module IS NOT NULL GROUP BY boot, module
), per_cpu AS (
  SELECT e.boot, sum(e.calls % (b.cpus - 1) = 0) AS modules
  FROM extra AS e JOIN boots AS b USING (boot) WHERE b.cpus > 1 GROUP BY e.boot
)
SELECT
  s.boot, b.cpus, s.attempts, s.failed, s.coalesced,
  iif(n.clocks = 1, n.first_ns, NULL) AS first_t, iif(n.clocks = 1, n.last_ns, NULL) AS last_t,
  s.peak AS peak_attempts,
  (SELECT min(concurrent_ns) FROM grouped_attempts AS a WHERE a.boot = s.boot AND a.concurrent = s.peak) AS peak_t,
  n.failed_ns AS failed_time_s, n.coalesced_ns AS coalesced_time_s, n.longest_ns AS longest_failed_s,
  CASE WHEN b.cpus > 1 AND s.named > 0 THEN coalesce(c.modules, 0) END AS per_cpu_modules,
  (
    SELECT count(*) FROM allocation_failures AS a
    WHERE n.clocks = 1 AND n.clock = 'boot' AND a.boot = s.boot AND a.t_ns BETWEEN n.first_ns AND n.last_ns
  ) AS allocation_failures,
  b.most_from_ns AS most_from_t, b.most_to_ns AS most_to_t,
  b.failed_at_once AS peak_failed, coalesce(n.timed, 0) AS failed_timed
FROM sums AS s
JOIN boots AS b USING (boot)
LEFT JOIN spans AS n USING (boot)
LEFT JOIN per_cpu AS c ON c.boot = s.boot
ORDER BY s.boot
