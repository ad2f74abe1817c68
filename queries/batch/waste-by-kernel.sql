-- SPDX-License-Identifier: Apache-2.0
-- Waste by kernel release and machine over all boots, most waste first.
-- @column kernel TEXT -  kernel release; NULL where unknown
-- @column machine TEXT -  hardware or architecture, where known
-- @column boots INTEGER -  boots
-- @column known INTEGER -  boots with known waste (counters or a trace) among them; the columns below cover these
-- @column failures INTEGER calls  failed loads
-- @column wasted_bytes INTEGER bytes  virtual memory wasted, over all boots
-- @column median_bytes INTEGER bytes  median waste of a boot (lower median)
-- @column p95_bytes INTEGER bytes  95th percentile of the boots' waste
-- @column max_bytes INTEGER bytes  waste of the worst boot
-- @column worst_case TEXT -  the case of that boot
-- @needs boots
-- @empty No boot was recognised in any case.
WITH ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY kernel, machine, wasted_bytes IS NULL ORDER BY wasted_bytes, "case", boot) AS place,
    count(*) OVER (PARTITION BY kernel, machine, wasted_bytes IS NULL) AS n
  FROM boots
)
SELECT
  kernel, machine,
  count(*) AS boots,
  count(wasted_bytes) AS known,
  sum(failures) AS failures,
  sum(wasted_bytes) AS wasted_bytes,
  max(CASE WHEN place = (n + 1) / 2 THEN wasted_bytes END) AS median_bytes,
  max(CASE WHEN place = (n * 95 + 99) / 100 THEN wasted_bytes END) AS p95_bytes,
  max(wasted_bytes) AS max_bytes,
  max(CASE WHEN place = n AND wasted_bytes > 0 THEN "case" END) AS worst_case
FROM ranked
GROUP BY kernel, machine
ORDER BY coalesce(sum(wasted_bytes), -1) DESC, boots DESC, kernel, machine
