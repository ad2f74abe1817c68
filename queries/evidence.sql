-- SPDX-License-Identifier: Apache-2.0
-- Kinds of evidence of each boot, and their completeness.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column logs INTEGER -  kernel logs
-- @column snapshots INTEGER -  snapshots of the debugfs counters
-- @column list TEXT -  duplicate list of the newest snapshot: whole, cut (truncated), empty or absent
-- @column trace TEXT -  calls: every attempt; charges: what probes recorded; loads: successful loads only
-- @column trace_complete INTEGER -  1 where the trace is known to hold all attempts, else 0
-- @column trace_reason TEXT -  why it is incomplete
-- @column probes TEXT -  probed functions of the module loader
-- @column file_sizes INTEGER -  number of module files with a listed size
-- @column lower_bound INTEGER -  1 where failures and wasted bytes are lower bounds
-- @column wasted_high INTEGER bytes  bytes wasted, at most; NULL: no bound
-- @column module_bytes INTEGER bytes  memory of the loaded modules, where known
-- @column source INTEGER -  where the boot starts
-- @column line INTEGER -  line in that source
-- @column calls TEXT -  what shows the attempts: trace, audit (records of the audit subsystem) or strace (also perf trace), comma separated
-- @column lower_bound_reason TEXT -  why they are lower bounds, in a sentence; NULL where their upper ends are known, or nothing says why
-- @needs boots, counters, module_sizes, grouped_attempts, sources
-- @empty No boot was recognised in the inputs.
WITH newest AS (
  SELECT boot, count(DISTINCT snapshot) AS snapshots, max(snapshot) AS snapshot FROM counters GROUP BY boot
), shown AS (
  SELECT boot, group_concat(seen, ', ') AS calls
  FROM (
    SELECT DISTINCT
      a.boot,
      CASE WHEN a.whole_record = 0 THEN 'trace' WHEN s.format = 'strace' THEN 'strace' ELSE 'audit' END AS seen
    FROM grouped_attempts AS a LEFT JOIN sources AS s USING (source)
    ORDER BY seen DESC
  )
  GROUP BY boot
)
SELECT
  b.boot,
  b.logs,
  coalesce(n.snapshots, 0) AS snapshots,
  (SELECT max(c.list) FROM counters AS c WHERE c.boot = b.boot AND c.snapshot = n.snapshot) AS list,
  b.trace_sees AS trace, b.trace_complete, b.trace_reason, b.probes,
  (SELECT count(*) FROM module_sizes AS m WHERE m.boot = b.boot AND m.size_of <> 'memory') AS file_sizes,
  b.lower_bound,
  b.wasted_bytes_high AS wasted_high,
  coalesce(
    (SELECT k.value FROM counters AS k WHERE k.boot = b.boot AND k.snapshot = n.snapshot AND k.counter = 'total_mod_size'),
    b.loaded_bytes
  ) AS module_bytes,
  b.source, b.line, h.calls, b.lower_bound_reason
FROM boots AS b
LEFT JOIN newest AS n USING (boot)
LEFT JOIN shown AS h USING (boot)
ORDER BY b.boot
