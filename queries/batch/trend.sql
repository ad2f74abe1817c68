-- SPDX-License-Identifier: Apache-2.0
-- Waste over time: boots by the day, month or year in which they started, oldest first, with the periods where it changed.
-- @param period TEXT = month  day, month or year
-- @param kernel TEXT = *  only matching kernel releases; * and ? stand for any characters
-- @param by TEXT = all  all, or kernel: a series for each kernel release
-- @param level REAL = 0.05  largest chance that counts as a change
-- @column period TEXT -  period of the start, UTC
-- @column boots INTEGER -  boots with a known start
-- @column known INTEGER -  boots with known waste among them
-- @column kernels INTEGER -  kernel releases among them
-- @column failures INTEGER calls  failed loads
-- @column wasted_bytes INTEGER bytes  virtual memory wasted, over all of them
-- @column median_bytes INTEGER bytes  median waste of a boot (lower median)
-- @column p95_bytes INTEGER bytes  95th percentile of their waste
-- @column kernel TEXT -  release of the series; NULL with by=all
-- @column change TEXT -  rose or fell: the medians from this period on against those before it, by Pettitt's test (1979),
--   applied again on both sides of each change; NULL for no change. It needs some 14 periods: try period=day
-- @column change_p REAL -  chance that a series without a change splits as well at some place
-- @needs boots
-- @empty No boot has a known start; kernel logs with wall-clock times or an RTC line give it.
WITH dated AS (
  SELECT
    "case", boot, failures, wasted_bytes, kernel AS release, CASE $by WHEN 'kernel' THEN kernel END AS kernel,
    substr(started, 1, CASE $period WHEN 'day' THEN 10 WHEN 'year' THEN 4 ELSE 7 END) AS period
  FROM boots WHERE started IS NOT NULL AND ($kernel = '*' OR kernel GLOB $kernel)
), ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY kernel, period, wasted_bytes IS NULL ORDER BY wasted_bytes, "case", boot) AS place,
    count(*) OVER (PARTITION BY kernel, period, wasted_bytes IS NULL) AS n
  FROM dated
), periods AS (
  SELECT
    period,
    count(*) AS boots,
    count(wasted_bytes) AS known,
    count(DISTINCT release) AS kernels,
    sum(failures) AS failures,
    sum(wasted_bytes) AS wasted_bytes,
    max(CASE WHEN place = (n + 1) / 2 THEN wasted_bytes END) AS median_bytes,
    max(CASE WHEN place = (n * 95 + 99) / 100 THEN wasted_bytes END) AS p95_bytes,
    kernel,
    row_number() OVER (PARTITION BY kernel ORDER BY period) AS place
  FROM ranked GROUP BY kernel, period
), series AS (
  SELECT kernel, string_agg(place || ' ' || median_bytes, ',') AS medians
  FROM periods WHERE median_bytes IS NOT NULL GROUP BY kernel
), changes AS (
  SELECT p.*, change_at(s.medians, p.place, $level) AS change
  FROM periods AS p LEFT JOIN series AS s ON s.kernel IS NOT DISTINCT FROM p.kernel
)
SELECT
  period, boots, known, kernels, failures, wasted_bytes, median_bytes, p95_bytes, kernel,
  CASE WHEN change > 0 THEN 'rose' WHEN change < 0 THEN 'fell' END AS change, abs(change) AS change_p
FROM changes
ORDER BY kernel, period
