-- SPDX-License-Identifier: Apache-2.0
-- Names that the kernel requested again while a request ran, or within 60 s after it, over all boots, most duplicate requests first.
-- @column requested TEXT -  name or alias requested
-- @column boots INTEGER -  boots in which it was requested
-- @column boots_with_duplicates INTEGER -  boots with duplicate requests among them
-- @column requests INTEGER calls  requests over the boots with a trace; NULL where there is none
-- @column duplicate_requests INTEGER calls  requests for a name whose request was running, or had ended less than 60 s before
-- @column call_site TEXT -  kernel functions that requested it, from the first case that has any
-- @needs autoload
-- @empty No case shows the kernel's requests.
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
