-- SPDX-License-Identifier: Apache-2.0
-- The most virtual memory that module loads held at once in each boot, largest share of its area first, then most bytes.
-- @param least INTEGER = 0  minimum bytes held at once
-- @column case TEXT -  the case
-- @column boot INTEGER -  boot within the case
-- @column kernel TEXT -  kernel release
-- @column machine TEXT -  hardware or architecture
-- @column peak_low INTEGER bytes  most bytes held at once, at least
-- @column peak_high INTEGER bytes  at most; NULL: no bound
-- @column duplicate_bytes INTEGER bytes  bytes of it that duplicates held, at least
-- @column loads INTEGER calls  attempts that held memory then
-- @column module TEXT -  module that held most then
-- @column area TEXT -  area that was taken most
-- @column share_low REAL ratio  part of that area, at least
-- @column share_high REAL ratio  at most; NULL: no bound, or size unknown
-- @column basis TEXT -  of the peak: measured or bounded
-- @column area_basis TEXT -  of the size of the area: measured, or estimated by the architecture
-- @needs boots, held
-- @empty No case has a trace that shows when loads held memory.
SELECT
  h."case", h.boot, b.kernel, b.machine, h.peak_low, h.peak_high, h.duplicate_bytes, h.loads, h.module, h.area,
  h.share_low, h.share_high, h.basis, h.area_basis
FROM held AS h LEFT JOIN boots AS b ON b."case" = h."case" AND b.boot = h.boot
WHERE coalesce(h.peak_high, h.peak_low) >= $least
ORDER BY h.share_low IS NULL, h.share_low DESC, h.peak_low DESC, h."case", h.boot
