-- Who made the load calls, per boot, kind of requester, task name and kernel call site, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requester TEXT -  kernel (a modprobe that request_module started), udev, systemd-modules-load, systemd,
--   modprobe, insmod, init, other or unknown
-- @column comm TEXT -  name of the task that called
-- @column call_site TEXT -  kernel function that requested the module, where a request led to the call
-- @column attempts INTEGER calls  finit_module and init_module calls
-- @column loaded INTEGER calls  calls that loaded a module
-- @column duplicates INTEGER calls  calls for a module that was there or on its way already
-- @column coalesced INTEGER calls  calls that waited for another one's load and cost nothing
-- @column failed INTEGER calls  other failed calls, failed inits included
-- @column wasted_bytes INTEGER bytes  bytes charged to its calls; a lower bound where calls are only bounded, NULL where none is known
-- @column modules INTEGER -  distinct modules named
-- @column worst_module TEXT -  the module on which most was wasted
-- @column wasted_high INTEGER bytes  bytes charged to its calls, at most; NULL where nothing bounds them
-- @column parents TEXT -  tasks that started these, comma separated; NULL where no fork of them is in the trace
-- @needs attempts
-- @empty No trace with load calls was given.
WITH sums AS (
  SELECT
    boot, requester, comm, call_site,
    count(*) AS attempts,
    sum(outcome = 'loaded') AS loaded,
    sum(outcome = 'duplicate') AS duplicates,
    sum(outcome = 'coalesced') AS coalesced,
    sum(outcome = 'failed') AS failed,
    CASE WHEN count(basis) > 0 THEN sum(wasted_low) END AS wasted_bytes,
    count(DISTINCT module) AS modules,
    CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END AS wasted_high
  FROM attempts
  GROUP BY boot, requester, comm, call_site
), per_module AS (
  SELECT boot, requester, comm, call_site, module, sum(wasted_low) AS wasted
  FROM attempts WHERE module IS NOT NULL AND wasted_low > 0
  GROUP BY boot, requester, comm, call_site, module
), parents AS (
  SELECT boot, requester, comm, call_site, group_concat(parent_comm, ', ') AS parents
  FROM (
    SELECT DISTINCT boot, requester, comm, call_site, parent_comm FROM attempts
    WHERE parent_comm IS NOT NULL ORDER BY parent_comm
  )
  GROUP BY boot, requester, comm, call_site
), worst AS (
  SELECT *, row_number() OVER (PARTITION BY boot, requester, comm, call_site ORDER BY wasted DESC, module) AS place
  FROM per_module
)
SELECT
  s.boot, s.requester, s.comm, s.call_site, s.attempts, s.loaded, s.duplicates, s.coalesced, s.failed,
  s.wasted_bytes, s.modules, w.module AS worst_module, s.wasted_high, p.parents
FROM sums AS s
LEFT JOIN parents AS p
  ON p.boot = s.boot AND p.requester = s.requester AND p.comm IS s.comm AND p.call_site IS s.call_site
LEFT JOIN worst AS w
  ON w.place = 1 AND w.boot = s.boot AND w.requester = s.requester AND w.comm IS s.comm AND w.call_site IS s.call_site
ORDER BY s.boot, coalesce(s.wasted_bytes, 0) DESC, s.attempts DESC, s.requester, s.comm, s.call_site
