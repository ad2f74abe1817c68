-- The kernel's counters shared out between duplicates and other failures, per boot and phase; the two add up.
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
-- @column reasons TEXT -  reasons that the log or a trace gives for other failures, with how often
-- @column signature_low INTEGER bytes  signature length by which file sizes were lessened, at least
-- @column signature_high INTEGER bytes  the same, at most; equal to the low where the sums solve it
-- @needs remainder
-- @empty No counters (a copy of /sys/kernel/debug/modules) were given.
SELECT
  boot, phase, counter_failures, duplicates_low, duplicates_high, other_failures_low, other_failures_high,
  counter_bytes, duplicate_bytes_low, duplicate_bytes_high, other_bytes_low, other_bytes_high,
  reasons, signature_low, signature_high
FROM remainder
ORDER BY boot, CASE phase WHEN 'kread' THEN 1 WHEN 'decompress' THEN 2 WHEN 'becoming' THEN 3 ELSE 4 END
