-- SPDX-License-Identifier: Apache-2.0
-- The most virtual memory that module loads held at once, per boot, in bytes as the kernel charges them.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column peak_low INTEGER bytes  most bytes held at once, at least
-- @column peak_high INTEGER bytes  at most; NULL: no bound
-- @column basis TEXT -  measured, or bounded between two records of the trace
-- @column t SECONDS s  when peak_low was first held
-- @column loads INTEGER calls  attempts that held memory then
-- @column module TEXT -  module that held most then, where named
-- @column module_bytes INTEGER bytes  bytes that it held, at least
-- @column loaded_bytes INTEGER bytes  bytes that successful attempts held then, at least
-- @column duplicate_bytes INTEGER bytes  bytes that duplicates held then, at least
-- @column failed_bytes INTEGER bytes  bytes that other failures held then, at least
-- @column area TEXT -  area that was taken most: vmalloc, or modules where laid-out modules have an area of their own
-- @column area_bytes INTEGER bytes  size of the area; NULL where unknown
-- @column area_basis TEXT -  measured, or estimated by the architecture
-- @column area_peak_low INTEGER bytes  most bytes held in that area at once, at least
-- @column area_peak_high INTEGER bytes  at most; NULL: no bound
-- @column share_low REAL ratio  area_peak_low as a fraction of area_bytes
-- @column share_high REAL ratio  area_peak_high as a fraction of area_bytes
-- @needs held
-- @empty No trace shows when loads held memory, or how much.
SELECT
  boot, peak_low, peak_high, basis, CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS t,
  loads, module, CASE WHEN module IS NOT NULL THEN module_low END AS module_bytes,
  loaded_low AS loaded_bytes, duplicate_low AS duplicate_bytes, failed_low AS failed_bytes,
  area, area_bytes, area_basis, area_peak_low, area_peak_high,
  CAST(area_peak_low AS REAL) / nullif(area_bytes, 0) AS share_low,
  CAST(area_peak_high AS REAL) / nullif(area_bytes, 0) AS share_high
FROM held
ORDER BY boot
