-- Names that the kernel itself requested more than once at a time, over all boots, most duplicate requests first.
-- @column requested TEXT -  name or alias requested
-- @column boots INTEGER -  boots in which it was requested
-- @column boots_with_duplicates INTEGER -  of them, boots with duplicate requests
-- @column requests INTEGER calls  requests over the boots with a trace; NULL where there is none
-- @column duplicate_requests INTEGER calls  requests for a name that was being, or had just been, requested
-- @column call_site TEXT -  kernel functions that requested it in the first case that names any
-- @needs autoload
-- @empty No case says anything of the kernel's own requests.
SELECT
  requested,
  count(*) AS boots,
  sum(duplicate_requests > 0) AS boots_with_duplicates,
  sum(requests) AS requests,
  sum(duplicate_requests) AS duplicate_requests,
  (
    SELECT site.call_site FROM autoload AS site
    WHERE site.requested = autoload.requested AND site.call_site IS NOT NULL
    ORDER BY site."case", site.boot LIMIT 1
  ) AS call_site
FROM autoload
GROUP BY requested
ORDER BY duplicate_requests DESC, boots DESC, requested
