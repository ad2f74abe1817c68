-- Modules on whose duplicate loads most was wasted, over all boots, most bytes first.
-- @param least INTEGER = 1  boots that a module must be in
-- @column module TEXT -  module name
-- @column boots INTEGER -  boots in which loads of it were duplicates
-- @column share_of_boots REAL ratio  their part of all boots whose waste is known
-- @column times INTEGER calls  duplicate loads, over all boots
-- @column bytes INTEGER bytes  bytes wasted on it over all boots; of a boot that only bounds them, the lower bound
-- @column median_bytes INTEGER bytes  bytes in the middle boot of those (the lower of two)
-- @column p95_bytes INTEGER bytes  bytes that 95 % of those boots do not exceed
-- @column max_bytes INTEGER bytes  bytes in the worst boot
-- @column inexact INTEGER -  boots whose bytes are estimated or only bounded
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
  CAST(count(*) AS REAL) / nullif((SELECT n FROM known), 0) AS share_of_boots,
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
