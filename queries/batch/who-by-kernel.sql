-- SPDX-License-Identifier: Apache-2.0
-- Who made attempts, by kernel release, most waste first within each release.
-- @param kernel TEXT = *  kernel releases; * and ? stand for any characters
-- @column kernel TEXT -  kernel release; NULL where unknown
-- @column requester TEXT -  kernel, udev, systemd-modules-load, systemd, modprobe, insmod, init, other or unknown
-- @column comm TEXT -  name of the calling task
-- @column boots INTEGER -  boots with its attempts
-- @column attempts INTEGER calls  its attempts
-- @column duplicates INTEGER calls  duplicates among them
-- @column coalesced INTEGER calls  attempts among them that waited for another attempt's load, at no cost
-- @column failed INTEGER calls  other failures among them
-- @column wasted_bytes INTEGER bytes  bytes charged to its attempts; a lower bound where some are only bounded
-- @column share REAL ratio  fraction of what all requesters wasted on that release
-- @column basis TEXT -  of the bytes: measured where it is in each boot, else bounded; NULL where none are known
-- @needs boots, requesters
-- @empty No case of such a release holds a trace of attempts.
WITH known AS (
  SELECT b.kernel, r.*
  FROM requesters AS r JOIN boots AS b ON b."case" = r."case" AND b.boot = r.boot
  WHERE coalesce(b.kernel, '') GLOB $kernel
), sums AS (
  SELECT
    kernel, requester, comm, count(DISTINCT "case" || ' ' || boot) AS boots, sum(attempts) AS attempts,
    sum(duplicates) AS duplicates, sum(coalesced) AS coalesced, sum(failed) AS failed, sum(wasted_bytes) AS wasted_bytes,
    CASE WHEN count(wasted_bytes) = 0 THEN NULL WHEN sum(basis IS DISTINCT FROM 'measured') = 0 THEN 'measured'
      ELSE 'bounded' END AS basis
  FROM known GROUP BY kernel, requester, comm
)
SELECT
  kernel, requester, comm, boots, attempts, duplicates, coalesced, failed, wasted_bytes,
  CAST(wasted_bytes AS DOUBLE) / nullif(sum(wasted_bytes) OVER (PARTITION BY kernel), 0) AS share,
  basis
FROM sums
ORDER BY kernel, coalesce(wasted_bytes, -1) DESC, attempts DESC, requester, comm
