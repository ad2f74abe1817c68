-- SPDX-License-Identifier: Apache-2.0
-- Attempts per boot, kind of requester, task name and kernel call site, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requester TEXT -  kernel (a modprobe that request_module started), udev, systemd-modules-load, systemd,
--   modprobe, insmod, init, other or unknown
-- @column comm TEXT -  name of the calling task
-- @column call_site TEXT -  kernel function that requested the module, where a request caused the attempt
-- @column attempts INTEGER calls  attempts: finit_module and init_module calls
-- @column loaded INTEGER calls  successful attempts
-- @column duplicates INTEGER calls  attempts for a module that was already loaded or loading
-- @column coalesced INTEGER calls  attempts that waited for another attempt's load, at no cost
-- @column failed INTEGER calls  other failures, including failed inits
-- @column wasted_bytes INTEGER bytes  bytes charged to its attempts; a lower bound where some are only bounded; NULL where none is known
-- @column modules INTEGER -  distinct modules named
-- @column worst_module TEXT -  the module with the most wasted bytes
-- @column wasted_high INTEGER bytes  bytes charged to its attempts, at most; NULL: no bound
-- @column parents TEXT -  parent tasks, comma separated; NULL where the trace holds no fork of them
-- @column refused INTEGER calls  attempts refused before anything was read
-- @column unknown INTEGER calls  attempts with an outcome that the trace does not show
-- @column basis TEXT -  of the bytes: measured where the trace holds all attempts and both ends agree, else bounded
-- @needs grouped_attempts, boots
-- @empty The inputs hold no trace of attempts.
WITH sums AS (
  SELECT
    boot, requester, comm, call_site,
    sum(attempts) AS attempts,
    sum(iif(outcome = 'loaded', attempts, 0)) AS loaded,
    sum(iif(outcome = 'duplicate', attempts, 0)) AS duplicates,
    sum(iif(outcome = 'coalesced', attempts, 0)) AS coalesced,
    sum(iif(outcome = 'failed', attempts, 0)) AS failed,
    sum(iif(outcome = 'refused', attempts, 0)) AS refused,
    sum(iif(outcome = 'unknown', attempts, 0)) AS unknown,
    CASE WHEN count(basis) > 0 THEN sum(wasted_low) END AS wasted_bytes,
    count(DISTINCT module) AS modules,
    CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END AS wasted_high
  FROM grouped_attempts
  GROUP BY boot, requester, comm, call_site
), per_module AS (
  SELECT boot, requester, comm, call_site, module, sum(wasted_low) AS wasted
  FROM grouped_attempts WHERE module IS NOT NULL AND wasted_low > 0
  GROUP BY boot, requester, comm, call_site, module
), parents AS (
  SELECT boot, requester, comm, call_site, group_concat(parent_comm, ', ') AS parents
  FROM (
    SELECT DISTINCT boot, requester, comm, call_site, parent_comm FROM grouped_attempts
    WHERE parent_comm IS NOT NULL ORDER BY parent_comm
  )
  GROUP BY boot, requester, comm, call_site
), worst AS (
  SELECT *, row_number() OVER (PARTITION BY boot, requester, comm, call_site ORDER BY wasted DESC, module) AS place
  FROM per_module
)
SELECT
  s.boot, s.requester, s.comm, s.call_site, s.attempts, s.loaded, s.duplicates, s.coalesced, s.failed,
  s.wasted_bytes, s.modules, w.module AS worst_module, s.wasted_high, p.parents, s.refused, s.unknown,
  CASE
    WHEN s.wasted_bytes IS NULL THEN NULL
    ELSE iif(b.trace_complete = 1 AND s.wasted_bytes = s.wasted_high, 'measured', 'bounded')
  END AS basis
FROM sums AS s JOIN boots AS b USING (boot)
LEFT JOIN parents AS p
  ON p.boot = s.boot AND p.requester = s.requester AND p.comm IS s.comm AND p.call_site IS s.call_site
LEFT JOIN worst AS w
  ON w.place = 1 AND w.boot = s.boot AND w.requester = s.requester AND w.comm IS s.comm AND w.call_site IS s.call_site
ORDER BY s.boot, coalesce(s.wasted_bytes, 0) DESC, s.attempts DESC, s.requester, s.comm, s.call_site
