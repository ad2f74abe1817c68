-- SPDX-License-Identifier: Apache-2.0
-- Time that calls spent failing or waiting, per boot, requester, task name and module, most first: time of calls, which overlap,
-- so no sum of it is time that the boot took.
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
-- @needs attempts
-- @empty No trace times a failed or coalesced attempt.
WITH timed AS (
  SELECT
    boot, requester, comm, module, outcome = 'coalesced' AS waited, t_ns, end_ns,
    max(end_ns) OVER (
      PARTITION BY boot, clock, requester, comm, module ORDER BY t_ns, end_ns
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS own_end,
    max(end_ns) OVER (
      PARTITION BY boot, clock ORDER BY t_ns, end_ns ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS any_end
  FROM attempts
  WHERE outcome IN ('duplicate', 'failed', 'coalesced') AND t_ns IS NOT NULL AND end_ns >= t_ns AND clock <> 'ticks'
), covered AS (
  SELECT boot, sum(max(end_ns - max(t_ns, coalesce(any_end, t_ns)), 0)) AS ns FROM timed GROUP BY boot
)
SELECT
  t.boot, t.requester, t.comm, t.module,
  sum(NOT t.waited) AS failed, sum(iif(t.waited, 0, t.end_ns - t.t_ns)) AS failed_s,
  sum(t.waited) AS coalesced, sum(iif(t.waited, t.end_ns - t.t_ns, 0)) AS coalesced_s,
  max(t.end_ns - t.t_ns) AS longest_s,
  sum(max(t.end_ns - max(t.t_ns, coalesce(t.own_end, t.t_ns)), 0)) AS covered_s,
  c.ns AS boot_covered_s
FROM timed AS t JOIN covered AS c USING (boot)
GROUP BY t.boot, t.requester, t.comm, t.module
ORDER BY t.boot, sum(t.end_ns - t.t_ns) DESC, t.requester, t.comm, t.module
