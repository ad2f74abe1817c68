-- SPDX-License-Identifier: Apache-2.0
-- Requesters whose attempts wasted the most bytes, over all boots, most bytes first.
-- @param least INTEGER = 1  minimum number of boots with the requester
-- @column requester TEXT -  kernel, udev, systemd-modules-load, systemd, modprobe, insmod, init, other or unknown
-- @column comm TEXT -  name of the calling task
-- @column call_site TEXT -  kernel function that requested the module, where requests caused the attempts
-- @column boots INTEGER -  boots with its attempts
-- @column attempts INTEGER calls  its attempts
-- @column duplicates INTEGER calls  duplicates among them
-- @column coalesced INTEGER calls  attempts among them that waited for another attempt's load, at no cost
-- @column failed INTEGER calls  other failures among them
-- @column wasted_bytes INTEGER bytes  bytes charged to its attempts over all boots; a lower bound where some are only bounded
-- @column median_bytes INTEGER bytes  median of the boots where they are known (lower median)
-- @column p95_bytes INTEGER bytes  95th percentile of those boots
-- @needs requesters
-- @empty No case holds a trace of attempts.
WITH ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY requester, comm, call_site, wasted_bytes IS NULL ORDER BY wasted_bytes, "case", boot
    ) AS place,
    count(*) OVER (PARTITION BY requester, comm, call_site, wasted_bytes IS NULL) AS n
  FROM requesters
)
SELECT
  requester, comm, call_site,
  count(*) AS boots,
  sum(attempts) AS attempts,
  sum(duplicates) AS duplicates,
  sum(coalesced) AS coalesced,
  sum(failed) AS failed,
  sum(wasted_bytes) AS wasted_bytes,
  max(CASE WHEN place = (n + 1) / 2 THEN wasted_bytes END) AS median_bytes,
  max(CASE WHEN place = (n * 95 + 99) / 100 THEN wasted_bytes END) AS p95_bytes
FROM ranked
GROUP BY requester, comm, call_site
HAVING count(*) >= $least
ORDER BY coalesce(sum(wasted_bytes), -1) DESC, sum(attempts) DESC, requester, comm, call_site
