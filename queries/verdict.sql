-- SPDX-License-Identifier: Apache-2.0
-- Whether each boot is free of module-loading problems, and why that may be uncertain.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column verdict TEXT -  trouble: failures or waste found; clear: none, and the evidence has no gaps (the
--   kernel logs no duplicate loads: a log alone cannot show them); unclear: none, but the evidence has gaps
-- @column doubts TEXT -  why findings may be missing; NULL: no reason
-- @column failed_loads INTEGER calls  other failures: failed loads that are not duplicates
-- @column duplicate_requests INTEGER calls  requests by the kernel for a name whose request was running, or had ended less than 60 s before
-- @column allocation_failures INTEGER -  failed allocations
-- @column problems INTEGER -  rows of the query problems
-- @needs boots, failed_loads, grouped_requests, allocation_failures, problems
-- @empty No boot was recognised in the inputs.
SELECT
  b.boot, b.verdict, b.doubts,
  (SELECT coalesce(sum(times), 0) FROM failed_loads AS f WHERE f.boot = b.boot) AS failed_loads,
  (SELECT coalesce(sum(r.requests), 0) FROM grouped_requests AS r WHERE r.boot = b.boot AND r.duplicate) AS duplicate_requests,
  (SELECT count(*) FROM allocation_failures AS a WHERE a.boot = b.boot) AS allocation_failures,
  (SELECT count(*) FROM problems AS p WHERE p.boot = b.boot) AS problems
FROM boots AS b
ORDER BY b.boot
