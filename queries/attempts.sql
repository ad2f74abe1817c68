-- SPDX-License-Identifier: Apache-2.0
-- All attempts (finit_module and init_module calls), in order of time.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column attempt INTEGER -  number of the attempt within the boot
-- @column t SECONDS s  start; seconds since boot where the clock allows
-- @column pid INTEGER -  calling thread
-- @column comm TEXT -  its name
-- @column requester TEXT -  kernel, udev, systemd-modules-load, systemd, modprobe, insmod, init, other, unknown
-- @column module TEXT -  module, where known
-- @column phase TEXT -  kread, decompress, becoming, load: charged there (before 6.4 and on stock kernels: would be); init: its init failed, charged nowhere; NULL where unknown
-- @column outcome TEXT -  loaded, duplicate, coalesced (6.5 and later: shared another attempt's load), failed, refused or unknown
-- @column errno INTEGER errno  error number; 0 for success; NULL where unknown
-- @column image_bytes INTEGER bytes  L, the uncompressed image without its signature, where known exactly
-- @column compressed_bytes INTEGER bytes  C, the compressed file; 0 for an uncompressed one
-- @column wasted_bytes INTEGER bytes  bytes charged; a lower bound where basis is bounded; NULL where unknown
-- @column basis TEXT -  measured, bounded, or derived (the log says the phase)
-- @column source INTEGER -  source of its first event
-- @column line INTEGER -  line in that source
-- @needs attempts
-- @empty The inputs hold no trace of attempts.
SELECT
  boot, attempt, CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS t, pid, comm,
  requester, module, phase, outcome, errno, image_bytes, compressed_bytes,
  CASE WHEN basis IS NOT NULL THEN wasted_low END AS wasted_bytes,
  basis, source, line
FROM attempts
ORDER BY boot, attempt
