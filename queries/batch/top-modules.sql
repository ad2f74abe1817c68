-- SPDX-License-Identifier: Apache-2.0
-- Modules whose duplicate loads wasted the most bytes, over all boots, most bytes first.
-- @param least INTEGER = 1  minimum number of boots with the module
-- @column module TEXT -  module name
-- @column boots INTEGER -  boots with duplicate loads of it
-- @column share_of_boots REAL ratio  their fraction of all boots with known waste
-- @column times INTEGER calls  duplicate loads, over all boots
-- @column bytes INTEGER bytes  bytes wasted on it over all boots; for bounded boots, the lower bound
-- @column median_bytes INTEGER bytes  median of those boots (lower median)
-- @column p95_bytes INTEGER bytes  95th percentile of those boots
-- @column max_bytes INTEGER bytes  bytes in the worst boot
-- @column inexact INTEGER -  boots with estimated or bounded bytes
-- @needs duplicates, boots
-- @empty No duplicate load is known in any boot.
WITH known AS (
  SELECT count(*) AS n FROM boots WHERE wasted_bytes IS NOT NULL
), ranked AS (
  SELECT
    module, times, basis, coalesce(bytes, bytes_low) AS cost,
    row_number() OVER (PARTITION BY module ORDER BY coalesce(bytes, bytes_low), "case", boot) AS place,
    count(*) OVER (PARTITION BY module) AS n
  FROM duplicates
)
SELECT
  module,
  count(*) AS boots,
  CAST(count(*) AS DOUBLE) / nullif((SELECT n FROM known), 0) AS share_of_boots,
  sum(times) AS times,
  sum(cost) AS bytes,
  max(CASE WHEN place = (n + 1) / 2 THEN cost END) AS median_bytes,
  max(CASE WHEN place = (n * 95 + 99) / 100 THEN cost END) AS p95_bytes,
  max(cost) AS max_bytes,
  sum(basis NOT IN ('measured', 'derived')) AS inexact
FROM ranked
GROUP BY module
HAVING count(*) >= $least
ORDER BY bytes DESC, boots DESC, module
