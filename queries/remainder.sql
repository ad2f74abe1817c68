-- SPDX-License-Identifier: Apache-2.0
-- Each of the kernel's counters split into duplicates and other failures, per boot and phase; the two add up.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column phase TEXT -  kread, decompress, becoming or load
-- @column counter_failures INTEGER calls  failures by the debugfs counter
-- @column duplicates_low INTEGER calls  duplicates among them, at least
-- @column duplicates_high INTEGER calls  duplicates among them, at most
-- @column other_failures_low INTEGER calls  other failures, at least
-- @column other_failures_high INTEGER calls  other failures, at most
-- @column counter_bytes INTEGER bytes  bytes by the debugfs counter
-- @column duplicate_bytes_low INTEGER bytes  bytes of the duplicates, at least
-- @column duplicate_bytes_high INTEGER bytes  bytes of the duplicates, at most
-- @column other_bytes_low INTEGER bytes  bytes of the other failures, at least
-- @column other_bytes_high INTEGER bytes  bytes of the other failures, at most
-- @column reasons TEXT -  reasons of other failures in the log or a trace, with their counts
-- @column signature_low INTEGER bytes  signature length subtracted from file sizes, at least
-- @column signature_high INTEGER bytes  the same, at most; equal to signature_low where the counters determine it
-- @needs remainder
-- @empty The inputs hold no counters (a copy of /sys/kernel/debug/modules).
SELECT
  boot, phase, counter_failures, duplicates_low, duplicates_high, other_failures_low, other_failures_high,
  counter_bytes, duplicate_bytes_low, duplicate_bytes_high, other_bytes_low, other_bytes_high,
  reasons, signature_low, signature_high
FROM remainder
ORDER BY boot, CASE phase WHEN 'kread' THEN 1 WHEN 'decompress' THEN 2 WHEN 'becoming' THEN 3 ELSE 4 END
