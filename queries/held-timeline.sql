-- SPDX-License-Identifier: Apache-2.0
-- Virtual memory that module loads held over time, per boot: one row per change, in bytes as the kernel charges them.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  time of the change; the row holds until the next one
-- @column held_low INTEGER bytes  bytes held, at least
-- @column held_high INTEGER bytes  at most; NULL: no bound
-- @column loads INTEGER calls  attempts that hold memory
-- @column loaded_low INTEGER bytes  held by attempts that succeed, at least
-- @column loaded_high INTEGER bytes  at most; NULL: no bound
-- @column duplicate_low INTEGER bytes  held by duplicates, at least
-- @column duplicate_high INTEGER bytes  at most; NULL: no bound
-- @column failed_low INTEGER bytes  held by other failures, at least
-- @column failed_high INTEGER bytes  at most; NULL: no bound
-- @column layout_low INTEGER bytes  laid-out modules among the bytes held, at least
-- @column layout_high INTEGER bytes  at most; NULL: no bound
-- @column basis TEXT -  measured where held_low and held_high agree, else bounded
-- @needs held_timeline
-- @empty No trace shows when loads held memory, or how much.
SELECT
  boot, CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS t, held_low, held_high, loads,
  loaded_low, loaded_high, duplicate_low, duplicate_high, failed_low, failed_high, layout_low, layout_high,
  basis
FROM held_timeline
ORDER BY boot, point
