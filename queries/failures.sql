-- SPDX-License-Identifier: Apache-2.0
-- Other failures (failed loads that are not duplicates), per boot, reason, module and phase, most waste first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column reason TEXT -  signature, elf, vermagic, unknown-symbol, relocation, memory, read, init, ...; other where
--   the reason is unknown; busy: only EBUSY is known, from a duplicate whose first load failed or from the driver itself;
--   exists: only EEXIST is known, from a duplicate or from the module's own init
-- @column module TEXT -  module, where known
-- @column phase TEXT -  phase that the kernel charges; init: the module's own init failed, charged nowhere
-- @column errno INTEGER errno  error number, where known
-- @column times INTEGER calls  count
-- @column wasted_bytes INTEGER bytes  bytes charged; a lower bound where basis is bounded
-- @column basis TEXT -  measured, derived or bounded; NULL where the bytes are unknown
-- @column first_t SECONDS s  time of the first
-- @column source INTEGER -  source of the evidence
-- @column line INTEGER -  line in that source
-- @needs failed_loads
-- @empty No other failure is known.
SELECT
  boot, reason, module, phase, errno, times, wasted_bytes, basis,
  CASE clock WHEN 'ticks' THEN CAST(first_t_ns AS TEXT) ELSE first_t_ns END AS first_t,
  source, line
FROM failed_loads
ORDER BY boot, coalesce(wasted_bytes, 0) DESC, times DESC, reason, module, phase, errno
