-- Failed loads that are no duplicates, per boot, reason, module and phase, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column reason TEXT -  signature, elf, vermagic, unknown-symbol, relocation, memory, read, init, ...; other where nothing
--   says why; busy: only EBUSY is known, of a duplicate whose first load failed or of the driver's own refusal
-- @column module TEXT -  module, where named
-- @column phase TEXT -  phase charged; init: the module's own init failed, which the kernel charges nowhere
-- @column errno INTEGER errno  error number, where known
-- @column times INTEGER calls  how often
-- @column wasted_bytes INTEGER bytes  bytes charged; a lower bound where basis is bounded
-- @column basis TEXT -  measured, derived or bounded; NULL where nothing is known of the bytes
-- @column first_t SECONDS s  time of the first
-- @column source INTEGER -  source that says so
-- @column line INTEGER -  line in that source
-- @needs failed_loads
-- @empty No failure other than duplicates is known.
SELECT
  boot, reason, module, phase, errno, times, wasted_bytes, basis,
  CASE clock WHEN 'ticks' THEN CAST(first_t_ns AS TEXT) ELSE first_t_ns END AS first_t,
  source, line
FROM failed_loads
ORDER BY boot, coalesce(wasted_bytes, 0) DESC, times DESC, reason, module, phase, errno
