-- SPDX-License-Identifier: Apache-2.0
-- Boots that waste far more than others of the same kernel and machine, largest score first.
-- @param score REAL = 3.5  minimum score; Iglewicz and Hoaglin (1993) define outliers as above 3.5
-- @param least INTEGER = 5  minimum number of boots in a group
-- @column case TEXT -  the case
-- @column boot INTEGER -  boot within the case
-- @column kernel TEXT -  kernel release
-- @column machine TEXT -  hardware or architecture
-- @column wasted_bytes INTEGER bytes  virtual memory wasted
-- @column median_bytes INTEGER bytes  median waste of the group (lower median)
-- @column deviation_bytes INTEGER bytes  median absolute deviation from it
-- @column score REAL -  0.6745 times the distance from the median, in deviations; NULL where the deviation is 0
-- @column boots INTEGER -  boots of the group
-- @needs boots
-- @empty There is no outlier, or no group has enough boots with known waste.
WITH known AS (
  SELECT
    "case", boot, kernel, machine, wasted_bytes,
    row_number() OVER (PARTITION BY kernel, machine ORDER BY wasted_bytes, "case", boot) AS place,
    count(*) OVER (PARTITION BY kernel, machine) AS n
  FROM boots WHERE wasted_bytes IS NOT NULL
), distances AS (
  SELECT
    *,
    max(CASE WHEN place = (n + 1) / 2 THEN wasted_bytes END) OVER (PARTITION BY kernel, machine) AS median_bytes
  FROM known
), placed AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY kernel, machine ORDER BY abs(wasted_bytes - median_bytes), "case", boot) AS far
  FROM distances
), deviations AS (
  SELECT
    *,
    max(CASE WHEN far = (n + 1) / 2 THEN abs(wasted_bytes - median_bytes) END)
      OVER (PARTITION BY kernel, machine) AS deviation_bytes
  FROM placed
)
SELECT
  "case", boot, kernel, machine, wasted_bytes, median_bytes, deviation_bytes,
  6745e-4 * (wasted_bytes - median_bytes) / nullif(deviation_bytes, 0) AS score,
  n AS boots
FROM deviations
WHERE n >= $least AND wasted_bytes > median_bytes
  AND 6745e-4 * (wasted_bytes - median_bytes) >= $score * deviation_bytes
ORDER BY score IS NULL, score DESC, wasted_bytes DESC, "case", boot
