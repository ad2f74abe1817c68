-- SPDX-License-Identifier: Apache-2.0
-- Other failures (failed loads that are not duplicates), by reason and module over all boots, most boots first.
-- @column reason TEXT -  signature, elf, vermagic, unknown-symbol, blacklist, parameter, read, decompress, init, ...
-- @column module TEXT -  module, where known
-- @column boots INTEGER -  boots with this failure
-- @column times INTEGER calls  count over all boots
-- @column wasted_bytes INTEGER bytes  bytes charged over all boots, where known
-- @column kernels INTEGER -  kernel releases with this failure
-- @column example TEXT -  one of the cases
-- @needs failures, boots
-- @empty No other failure is known in any boot.
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
