-- SPDX-License-Identifier: Apache-2.0
-- Waste over time: boots by the day, month or year in which they started, oldest first.
-- @param period TEXT = month  day, month or year
-- @param kernel TEXT = *  only matching kernel releases; * and ? stand for any characters
-- @column period TEXT -  period of the start, UTC
-- @column boots INTEGER -  boots with a known start
-- @column known INTEGER -  boots with known waste among them
-- @column kernels INTEGER -  kernel releases among them
-- @column failures INTEGER calls  failed loads
-- @column wasted_bytes INTEGER bytes  virtual memory wasted, over all of them
-- @column median_bytes INTEGER bytes  median waste of a boot (lower median)
-- @column p95_bytes INTEGER bytes  95th percentile of their waste
-- @needs boots
-- @empty No boot has a known start; kernel logs with wall-clock times or an RTC line give it.
WITH dated AS (
  SELECT
    *,
    substr(started, 1, CASE $period WHEN 'day' THEN 10 WHEN 'year' THEN 4 ELSE 7 END) AS period
  FROM boots WHERE started IS NOT NULL AND ($kernel = '*' OR kernel GLOB $kernel)
), ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY period, wasted_bytes IS NULL ORDER BY wasted_bytes, "case", boot) AS place,
    count(*) OVER (PARTITION BY period, wasted_bytes IS NULL) AS n
  FROM dated
)
SELECT
  period,
  count(*) AS boots,
  count(wasted_bytes) AS known,
  count(DISTINCT kernel) AS kernels,
  sum(failures) AS failures,
  sum(wasted_bytes) AS wasted_bytes,
  max(CASE WHEN place = (n + 1) / 2 THEN wasted_bytes END) AS median_bytes,
  max(CASE WHEN place = (n * 95 + 99) / 100 THEN wasted_bytes END) AS p95_bytes
FROM ranked
GROUP BY period
ORDER BY period
