-- SPDX-License-Identifier: Apache-2.0
-- Failed loads and the virtual memory they wasted, per boot and phase, in order of the phases.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column phase TEXT -  kread, decompress, becoming or load (kernel/module/stats.c, 6.4 to 7.3); for kernels without counters, what they would charge
-- @column failures INTEGER calls  attempts that failed in the phase, including duplicates
-- @column duplicates INTEGER calls  duplicates among them: the module was already loaded or loading
-- @column bytes INTEGER bytes  bytes charged to the phase, where known exactly; on 32 bit the true sum, beyond 2^32 too
-- @column bytes_low INTEGER bytes  bytes charged, at least
-- @column bytes_high INTEGER bytes  bytes charged, at most; NULL: no bound
-- @column share REAL ratio  fraction of the boot's wasted bytes
-- @column avg_bytes INTEGER bytes  bytes per failure, rounded up as the kernel does
-- @column allocations INTEGER -  allocations wasted
-- @column basis TEXT -  measured, derived, bounded or estimated; NULL where unknown
-- @column origin TEXT -  counters, trace or both; on 32 bit also the evidence for the number of wraps
-- @needs phase_totals
-- @empty No boot was recognised in the inputs.
SELECT
  boot, phase, failures, duplicates, bytes, bytes_low, bytes_high,
  CASE WHEN count(bytes) OVER (PARTITION BY boot) = 4
    THEN CAST(bytes AS REAL) / nullif(sum(bytes) OVER (PARTITION BY boot), 0) END AS share,
  CASE WHEN failures > 0 AND bytes > 0 THEN (bytes + failures - 1) / failures END AS avg_bytes,
  allocations, basis, origin
FROM phase_totals
ORDER BY boot, CASE phase WHEN 'kread' THEN 1 WHEN 'decompress' THEN 2 WHEN 'becoming' THEN 3 ELSE 4 END
