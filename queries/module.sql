-- SPDX-License-Identifier: Apache-2.0
-- The history of one module, in order of time from all sources: requests, calls and their steps, results, log lines, sizes.
-- @param name TEXT  Name of the module; - and _ are equivalent.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  time; NULL where the source gives none
-- @column clock TEXT -  boot, epoch, relative or ticks: only times of one clock can be compared
-- @column what TEXT -  request, call, read, copied, decompress, check, layout, charge, duplicate, linked (module_load; its
--   init starts), init, free, result, load, size, list, other probes by their meaning, or the kind of a log line
-- @column attempt INTEGER -  attempt that it belongs to
-- @column pid INTEGER -  task
-- @column comm TEXT -  its name
-- @column bytes INTEGER bytes  bytes read, charged, allocated or listed
-- @column detail TEXT -  who asked, how it ended, the message
-- @column source INTEGER -  source
-- @column line INTEGER -  line in that source
-- @needs attempts, requests, loads, events, sources, diagnostics, module_sizes, duplicate_list, failed_loads, allocation_failures
-- @empty The inputs do not mention the module.
WITH named AS (SELECT replace($name, '-', '_') AS module),
calls AS (
  SELECT * FROM attempts WHERE replace(module, '-', '_') = (SELECT module FROM named)
), mine AS (
  -- Messages without a name that belong to a load of the module, and those that name it.
  SELECT source, line FROM failed_loads WHERE replace(module, '-', '_') = (SELECT module FROM named)
  UNION SELECT source, line FROM allocation_failures WHERE replace(module, '-', '_') = (SELECT module FROM named)
  UNION SELECT source, line FROM events WHERE replace(module, '-', '_') = (SELECT module FROM named)
), repeated AS (
  -- Other forms of a log or a trace: all that they say, in each of their boots, is in the first one.
  SELECT d.source
  FROM diagnostics AS d JOIN (SELECT source, count(DISTINCT boot) AS boots FROM events GROUP BY source) AS e USING (source)
  WHERE d.code = 'source-repeated' AND d.count >= e.boots
), steps AS (
  -- Probes and tracepoints inside a call, by its task and time.
  SELECT e.event, c.boot, e.t_ns, c.attempt, e.pid, e.comm, e.kind, e.detail, e.source, e.line
  FROM events AS e JOIN calls AS c ON e.pid = c.pid AND e.source = c.source AND e.t_ns BETWEEN c.t_ns AND c.end_ns
  WHERE e.kind IN ('probe', 'module-load', 'module-free')
), story (boot, t_ns, clock, step, what, attempt, pid, comm, bytes, detail, source, line) AS (
  SELECT
    boot, t_ns, clock, 0, 'request', NULL, pid, comm, NULL,
    'request_module ' || requested || coalesce(' from ' || call_site, '') || iif(duplicate, ', duplicate', ''), source, line
  FROM requests
  WHERE replace(requested, '-', '_') = (SELECT module FROM named)
    OR (boot, requested) IN (SELECT boot, requested FROM calls WHERE requested IS NOT NULL)
  UNION ALL
  SELECT
    boot, t_ns, clock, 1, 'call', attempt, pid, comm, NULL,
    coalesce(call, 'call') || coalesce(' flags ' || nullif(flags, 0), '') || ' by ' || requester
      || coalesce(', child of ' || parent_comm, '') || coalesce(', for request ' || requested, ''), source, line
  FROM calls
  UNION ALL
  SELECT
    s.boot, s.t_ns, r.clock, 2, CASE coalesce(s.detail ->> '$.fact.fact', s.kind)
      WHEN 'module-load' THEN 'linked' WHEN 'module-free' THEN 'free' WHEN 'free-module' THEN 'free'
      WHEN 'patient-check' THEN 'check' WHEN 'do-init' THEN 'init' ELSE s.detail ->> '$.fact.fact'
    END, s.attempt, s.pid, s.comm,
    coalesce(
      s.detail ->> '$.fact.image', s.detail ->> '$.fact.size', s.detail ->> '$.fact.memory',
      iif(s.detail ->> '$.fact.fact' = 'read' AND s.detail ->> '$.fact.ret' > 0, s.detail ->> '$.fact.ret', NULL)
    ),
    concat_ws(', ',
      s.detail ->> '$.fact.point', s.detail ->> '$.fact.file', s.detail ->> '$.fact.phase', s.detail ->> '$.fact.reason',
      'returned ' || (s.detail ->> '$.fact.ret'), 'compressed ' || nullif(s.detail ->> '$.fact.compressed', 0),
      'taints ' || nullif(s.detail ->> '$.taints', '')
    ), s.source, s.line
  FROM steps AS s JOIN sources AS r USING (source)
  UNION ALL
  SELECT
    boot, end_ns, clock, 3, 'result', attempt, pid, comm, wasted_bytes,
    outcome || coalesce(' in ' || phase, '') || coalesce(', errno ' || nullif(errno, 0), '')
      || iif(wasted_bytes > 0 AND basis = 'bounded', ', at least', ''), source, line
  FROM calls
  UNION ALL
  SELECT
    boot, t_ns, clock, 4, 'load', NULL, NULL, comm, memory_bytes,
    concat_ws(', ', 'load ' || (load_ns / 1000) || ' us', 'init ' || (init_ns / 1000) || ' us', 'by ' || requester),
    coalesce(source, 0), coalesce(line, 0)
  FROM loads WHERE replace(module, '-', '_') = (SELECT module FROM named)
  UNION ALL
  SELECT
    e.boot, e.t_ns, r.clock, 5, e.kind, NULL, e.pid, e.comm, e.detail ->> '$.bytes',
    coalesce(
      e.detail ->> '$.message', e.detail ->> '$.tool' || ': ' || (e.detail ->> '$.what'), e.detail ->> '$.what',
      e.detail ->> '$.state', e.detail ->> '$.point' || ' ' || (e.detail ->> '$.func')
        || coalesce(', returned ' || (e.detail ->> '$.ret') || ' after ' || (e.detail ->> '$.usecs') || ' us', '')
    ), e.source, e.line
  FROM mine JOIN events AS e USING (source, line) JOIN sources AS r USING (source)
  WHERE e.event NOT IN (SELECT event FROM steps) AND e.source NOT IN (SELECT source FROM repeated)
    AND e.kind NOT IN ('module-request', 'syscall-enter', 'syscall-exit', 'module-size', 'duplicate-row')
  UNION ALL
  SELECT boot, NULL, 'boot', 6, 'size', NULL, NULL, NULL, bytes, size_of || ' ' || path, source, line
  FROM module_sizes WHERE replace(module, '-', '_') = (SELECT module FROM named)
  UNION ALL
  SELECT
    boot, NULL, 'boot', 7, 'list', NULL, NULL, NULL, NULL,
    times || ' duplicates in the list of snapshot ' || snapshot || coalesce(', ' || reason, ''), source, line
  FROM duplicate_list WHERE replace(module, '-', '_') = (SELECT module FROM named)
)
SELECT DISTINCT
  boot, CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS t, clock, what, attempt, pid, comm, bytes,
  nullif(detail, '') AS detail, nullif(source, 0) AS source, nullif(line, 0) AS line
FROM story
ORDER BY boot, t_ns IS NULL, clock, t_ns, line, step, attempt, source, what, detail, bytes
