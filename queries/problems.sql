-- SPDX-License-Identifier: Apache-2.0
-- Problems with module loading other than failed loads, per boot, kind and name.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column kind TEXT -  throttled, refused-request (kmod busy), failed-request, denied-request (SELinux), stuck-load,
--   crashed-load, slow-worker, killed-worker, failed-unit, slow-init, unfinished-init, not-found (no such module file),
--   failed-command (`install` of modprobe.d), unsupported-module (SUSE's modprobe refused it), refused-init (repeated lines
--   of a driver about hardware that it does not drive)
-- @column module TEXT -  module or requested name, where known
-- @column who TEXT -  task, unit or driver
-- @column times INTEGER -  count
-- @column duration_s SECONDS s  duration, where known; the longest
-- @column first_t SECONDS s  time of the first
-- @column message TEXT -  the message, or the measurement
-- @column source INTEGER -  source of the evidence
-- @column line INTEGER -  line in that source
-- @needs problems
-- @empty No throttled request, stuck load, failed unit or slow init is known.
SELECT
  boot, kind, module, who, times, duration_ns AS duration_s,
  CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS first_t,
  message, source, line
FROM problems
ORDER BY boot, CASE kind
  WHEN 'crashed-load' THEN 1 WHEN 'stuck-load' THEN 2 WHEN 'unfinished-init' THEN 3 WHEN 'killed-worker' THEN 4
  WHEN 'slow-worker' THEN 5 WHEN 'refused-request' THEN 6 WHEN 'failed-request' THEN 7 WHEN 'denied-request' THEN 8
  WHEN 'failed-unit' THEN 9 WHEN 'throttled' THEN 10 WHEN 'slow-init' THEN 11 ELSE 12 END, times DESC, problem
