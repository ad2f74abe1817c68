-- Failed loads that are no duplicates, by reason and module over all boots, most boots first.
-- @column reason TEXT -  signature, elf, vermagic, unknown-symbol, blacklist, parameter, read, decompress, init, ...
-- @column module TEXT -  module, where named
-- @column boots INTEGER -  boots in which it failed so
-- @column times INTEGER calls  how often, over all boots
-- @column wasted_bytes INTEGER bytes  bytes charged over all boots, where known
-- @column kernels INTEGER -  kernel releases in which it failed so
-- @column example TEXT -  one of the cases
-- @needs failures, boots
-- @empty No failure other than duplicates is known in any boot.
SELECT
  f.reason, f.module,
  count(DISTINCT f."case" || ' ' || f.boot) AS boots,
  sum(f.times) AS times,
  sum(f.wasted_bytes) AS wasted_bytes,
  count(DISTINCT b.kernel) AS kernels,
  min(f."case") AS example
FROM failures AS f LEFT JOIN boots AS b ON b."case" = f."case" AND b.boot = f.boot
GROUP BY f.reason, f.module
ORDER BY boots DESC, times DESC, f.reason, f.module
