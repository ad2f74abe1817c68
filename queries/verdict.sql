-- Whether each boot may be called free of module-loading problems, and what stands in the way of saying so.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column verdict TEXT -  trouble: something failed or was wasted; clear: nothing, by evidence without doubts; unclear:
--   nothing, but doubts
-- @column doubts TEXT -  why findings may be missing; NULL: no doubt
-- @column failed_loads INTEGER calls  failures that are no duplicates
-- @column duplicate_requests INTEGER calls  requests by the kernel for what was being, or had just been, requested
-- @column allocation_failures INTEGER -  allocations that failed
-- @column problems INTEGER -  rows of the query problems
-- @needs boots, failed_loads, requests, allocation_failures, problems
-- @empty No boot was recognised in the inputs.
SELECT
  b.boot, b.verdict, b.doubts,
  (SELECT coalesce(sum(times), 0) FROM failed_loads AS f WHERE f.boot = b.boot) AS failed_loads,
  (SELECT count(*) FROM requests AS r WHERE r.boot = b.boot AND r.duplicate) AS duplicate_requests,
  (SELECT count(*) FROM allocation_failures AS a WHERE a.boot = b.boot) AS allocation_failures,
  (SELECT count(*) FROM problems AS p WHERE p.boot = b.boot) AS problems
FROM boots AS b
ORDER BY b.boot
