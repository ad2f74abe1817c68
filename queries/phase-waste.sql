-- Failed loads and the virtual memory they wasted, per boot and phase, in the order of the phases.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column phase TEXT -  kread, decompress, becoming or load (kernel/module/stats.c, 6.4 to 7.3); of kernels without counters, what they would charge
-- @column failures INTEGER calls  loads that failed in the phase, duplicates included
-- @column duplicates INTEGER calls  of them, loads of a module that was there or on its way already
-- @column bytes INTEGER bytes  bytes charged to the phase, where known exactly; on 32 bit the true sum, beyond 2^32 too
-- @column bytes_low INTEGER bytes  bytes charged, at least
-- @column bytes_high INTEGER bytes  bytes charged, at most; NULL where nothing bounds them
-- @column share REAL ratio  part of the boot's wasted bytes
-- @column avg_bytes INTEGER bytes  bytes per failure, rounded up as the kernel does
-- @column allocations INTEGER -  allocations wasted
-- @column basis TEXT -  measured, derived, bounded or estimated; NULL where nothing is known
-- @column origin TEXT -  counters or trace, or both; on 32 bit with what told how often a counter wrapped
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
