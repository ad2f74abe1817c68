-- SPDX-License-Identifier: Apache-2.0
-- Time that calls spent failing or waiting, per boot, requester, task name and module, most first. Calls
-- overlap, so these times do not add up to time of the boot.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requester TEXT -  requester, as in attempts
-- @column comm TEXT -  task name
-- @column module TEXT -  module, where known
-- @column failed INTEGER calls  duplicates and other failures
-- @column failed_s SECONDS s  total time in them, from enter to exit
-- @column coalesced INTEGER calls  attempts that waited for another attempt's load
-- @column coalesced_s SECONDS s  total time that they waited
-- @column longest_s SECONDS s  the longest of all these
-- @column covered_s SECONDS s  time during which at least one of them was in flight
-- @column boot_covered_s SECONDS s  the same for all failed and coalesced attempts of the boot
-- @column unsure_s SECONDS s  part of failed_s in calls that may have waited for another attempt's load instead
-- @column boot_alone_s SECONDS s  time in which the CPUs of the boot ran failed calls and nothing else, at least, by sched_switch;
--   devices may have worked meanwhile; NULL where no trace shows what ran on each CPU
-- @column basis TEXT -  measured; bounded where the trace lacks calls, so that all times are lower bounds, or unsure_s is not 0
-- @needs attempts, boots
-- @empty No trace times a failed or coalesced attempt.
WITH kernels AS (
  SELECT
    boot, failed_alone_ns, coalesce(trace_complete, 0) = 1 AS complete,
    -- Kernels since 6.5 let calls of one file wait; of an unknown one it is not known.
    (CAST(kernel AS INTEGER), CAST(substr(kernel, instr(kernel, '.') + 1) AS INTEGER)) < (6, 5) IS NOT 1 AS may_wait
  FROM boots
), timed AS (
  SELECT
    a.boot, a.requester, a.comm, a.module, a.outcome = 'coalesced' AS waited, a.t_ns, a.end_ns,
    a.outcome <> 'coalesced' AND a.phase IS NULL AND a.call IS NOT 'init_module' AND k.may_wait AS unsure,
    max(a.end_ns) OVER (
      PARTITION BY a.boot, a.clock, a.requester, a.comm, a.module ORDER BY a.t_ns, a.end_ns
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS own_end,
    max(a.end_ns) OVER (
      PARTITION BY a.boot, a.clock ORDER BY a.t_ns, a.end_ns ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS any_end
  FROM attempts AS a JOIN kernels AS k USING (boot)
  WHERE a.outcome IN ('duplicate', 'failed', 'coalesced') AND a.t_ns IS NOT NULL AND a.end_ns >= a.t_ns AND a.clock <> 'ticks'
), covered AS (
  SELECT boot, sum(max(end_ns - max(t_ns, coalesce(any_end, t_ns)), 0)) AS ns FROM timed GROUP BY boot
)
SELECT
  t.boot, t.requester, t.comm, t.module,
  sum(NOT t.waited) AS failed, sum(iif(t.waited, 0, t.end_ns - t.t_ns)) AS failed_s,
  sum(t.waited) AS coalesced, sum(iif(t.waited, t.end_ns - t.t_ns, 0)) AS coalesced_s,
  max(t.end_ns - t.t_ns) AS longest_s,
  sum(max(t.end_ns - max(t.t_ns, coalesce(t.own_end, t.t_ns)), 0)) AS covered_s,
  c.ns AS boot_covered_s,
  sum(iif(t.unsure, t.end_ns - t.t_ns, 0)) AS unsure_s, k.failed_alone_ns AS boot_alone_s,
  iif(k.complete AND max(t.unsure) = 0, 'measured', 'bounded') AS basis
FROM timed AS t JOIN covered AS c USING (boot) JOIN kernels AS k USING (boot)
GROUP BY t.boot, t.requester, t.comm, t.module
ORDER BY t.boot, sum(t.end_ns - t.t_ns) DESC, t.requester, t.comm, t.module
