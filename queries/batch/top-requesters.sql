-- Who made the load calls that wasted most, over all boots, most bytes first.
-- @param least INTEGER = 1  boots that a requester must be in
-- @column requester TEXT -  kernel, udev, systemd-modules-load, systemd, modprobe, insmod, init, other or unknown
-- @column comm TEXT -  name of the task that called
-- @column call_site TEXT -  kernel function that requested the module, where a request led to the calls
-- @column boots INTEGER -  boots in which it made calls
-- @column attempts INTEGER calls  its calls
-- @column duplicates INTEGER calls  of them, duplicates
-- @column coalesced INTEGER calls  of them, calls that waited for another one's load and cost nothing
-- @column failed INTEGER calls  of them, other failures
-- @column wasted_bytes INTEGER bytes  bytes charged to its calls over all boots; a lower bound where some are only bounded
-- @column median_bytes INTEGER bytes  bytes in the middle boot of those where they are known (the lower of two)
-- @column p95_bytes INTEGER bytes  bytes that 95 % of those boots do not exceed
-- @needs requesters
-- @empty No case holds a trace with load calls.
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
