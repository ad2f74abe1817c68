-- SPDX-License-Identifier: Apache-2.0
-- Modules that the kernel requested (request_module), per boot and requested name, most duplicates first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requested TEXT -  name or alias requested
-- @column call_site TEXT -  kernel functions that requested it, comma separated
-- @column requests INTEGER calls  requests; NULL where only messages about duplicate, failed or denied requests are known
-- @column duplicate_requests INTEGER calls  requests for a name whose request was running, or had ended less than 60 s before
-- @column comm TEXT -  requesting tasks, comma separated
-- @column first_t SECONDS s  time of the first
-- @needs grouped_requests
-- @empty The inputs hold neither a trace of module:module_request nor a message about duplicate, failed or denied requests.
WITH sites AS (
  SELECT boot, requested, group_concat(call_site, ', ') AS call_site
  FROM (SELECT DISTINCT boot, requested, call_site FROM grouped_requests WHERE call_site IS NOT NULL ORDER BY call_site)
  GROUP BY boot, requested
), askers AS (
  SELECT boot, requested, group_concat(comm, ', ') AS comm
  FROM (SELECT DISTINCT boot, requested, comm FROM grouped_requests WHERE comm IS NOT NULL ORDER BY comm)
  GROUP BY boot, requested
), sums AS (
  SELECT
    boot, requested,
    CASE WHEN max(origin) = 'trace' THEN sum(requests) END AS requests,
    sum(requests * duplicate) AS duplicate_requests,
    CASE min(clock) WHEN 'ticks' THEN CAST(min(first_ns) AS TEXT) ELSE min(first_ns) END AS first_t
  FROM grouped_requests GROUP BY boot, requested
)
SELECT r.boot, r.requested, s.call_site, r.requests, r.duplicate_requests, a.comm, r.first_t
FROM sums AS r
LEFT JOIN sites AS s USING (boot, requested)
LEFT JOIN askers AS a USING (boot, requested)
ORDER BY r.boot, r.duplicate_requests DESC, r.requests DESC, r.requested
