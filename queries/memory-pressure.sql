-- SPDX-License-Identifier: Apache-2.0
-- How the waste compares with the vmalloc area, and which allocations failed, per boot.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column vmalloc_total INTEGER bytes  VmallocTotal of /proc/meminfo
-- @column vmalloc_used INTEGER bytes  VmallocUsed of /proc/meminfo
-- @column wasted_bytes INTEGER bytes  virtual memory wasted by failed loads; a lower bound where boots says so
-- @column wasted_share REAL ratio  wasted_bytes as a fraction of vmalloc_total
-- @column allocation_failures INTEGER -  failed allocations in the kernel log, each once
-- @column first_failure_t SECONDS s  time of the first of them
-- @column direct_reclaims INTEGER -  allocations that reclaimed memory directly: allocstall* of /proc/vmstat
-- @column compaction_failures INTEGER -  compact_fail of /proc/vmstat: compaction freed no contiguous memory
-- @column oom_kills INTEGER -  oom_kill of /proc/vmstat
-- @column enomem_calls INTEGER -  attempts that failed with ENOMEM; the kernel prints no message for __GFP_NOWARN
-- @needs attempts, boots, memory, memory_counters, allocation_failures
-- @empty No boot was recognised in the inputs.
WITH area AS (
  SELECT
    boot,
    max(CASE what WHEN 'vmalloc-total' THEN bytes END) AS total,
    max(CASE what WHEN 'vmalloc-used' THEN bytes END) AS used
  FROM memory GROUP BY boot
), counted AS (
  SELECT
    boot,
    sum(CASE WHEN name LIKE 'allocstall%' THEN count END) AS direct_reclaims,
    max(CASE name WHEN 'compact_fail' THEN count END) AS compaction_failures,
    max(CASE name WHEN 'oom_kill' THEN count END) AS oom_kills
  FROM memory_counters GROUP BY boot
), failed AS (
  SELECT boot, count(*) AS failures, min(t_ns) AS first_t FROM allocation_failures GROUP BY boot
), refused AS (
  SELECT boot, count(*) AS calls FROM attempts WHERE errno = 12 AND outcome = 'failed' GROUP BY boot
)
SELECT
  b.boot, a.total AS vmalloc_total, a.used AS vmalloc_used, b.wasted_bytes,
  CAST(b.wasted_bytes AS REAL) / nullif(a.total, 0) AS wasted_share,
  coalesce(f.failures, 0) AS allocation_failures, f.first_t AS first_failure_t,
  c.direct_reclaims, c.compaction_failures, c.oom_kills, coalesce(r.calls, 0) AS enomem_calls
FROM boots AS b LEFT JOIN area AS a USING (boot) LEFT JOIN failed AS f USING (boot)
  LEFT JOIN counted AS c USING (boot) LEFT JOIN refused AS r USING (boot)
ORDER BY b.boot
