-- SPDX-License-Identifier: Apache-2.0
-- Duplicate loads of each module and the bytes that they wasted, per boot, most bytes first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column module TEXT -  module name
-- @column times INTEGER calls  duplicate loads; at least, where a trace lacks some of them or their names
-- @column reason TEXT -  as the kernel prints it: Becoming, Load, Becoming & Load; NULL where unknown
-- @column becoming_low INTEGER calls  those that failed in becoming, at least
-- @column becoming_high INTEGER calls  those that failed in becoming, at most; NULL: no bound
-- @column load_low INTEGER calls  those that failed in load, at least
-- @column load_high INTEGER calls  those that failed in load, at most; NULL: no bound
-- @column image_bytes INTEGER bytes  L, the image without its signature, where all had one
-- @column compressed_bytes INTEGER bytes  C, the compressed file, where all had one; 0 for an uncompressed file
-- @column bytes INTEGER bytes  bytes wasted; exact, or an estimate where basis says estimated
-- @column bytes_low INTEGER bytes  bytes wasted, at least
-- @column bytes_high INTEGER bytes  bytes wasted, at most; NULL: no bound
-- @column share REAL ratio  fraction of the boot's wasted bytes
-- @column basis TEXT -  measured (probes), derived (arithmetic), bounded or estimated
-- @column origin TEXT -  evidence that the row rests on
-- @needs attribution, boots
-- @empty No duplicate is known; the ledger says whether there was none.
SELECT
  a.boot, a.module, a.times, a.reason, a.becoming_low, a.becoming_high, a.load_low, a.load_high,
  a.image_bytes, a.compressed_bytes, a.bytes, a.bytes_low, a.bytes_high,
  CASE WHEN b.lower_bound = 0 THEN CAST(a.bytes AS REAL) / nullif(b.wasted_bytes, 0) END AS share,
  a.basis, a.origin
-- Of a module whose duplicates a trace holds (origin `trace`), times and bytes are sums over its attempts:
--   SELECT module, count(*), sum(wasted_low), sum(wasted_high) FROM attempts WHERE outcome = 'duplicate' GROUP BY module
-- The rest of the counters and of duplicate_list is shared out to the other modules, within bounds, by their sizes.
FROM attribution AS a JOIN boots AS b USING (boot)
ORDER BY a.boot, coalesce(a.bytes, a.bytes_high, a.bytes_low) DESC, a.module
