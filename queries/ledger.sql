-- SPDX-License-Identifier: Apache-2.0
-- The kernel's counters and the events side by side, per boot and phase.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column phase TEXT -  kread, decompress, becoming or load
-- @column counter_failures INTEGER calls  failures by the debugfs counter
-- @column event_failures INTEGER calls  failures by the trace
-- @column counter_bytes INTEGER bytes  bytes by the debugfs counter, as printed
-- @column event_bytes INTEGER bytes  bytes by the trace
-- @column difference_bytes INTEGER bytes  counter minus trace; a 32-bit counter wraps, so multiples of 2^32 are balanced
-- @column verdict TEXT -  balanced, counters missing, unexplained, events incomplete or no evidence
-- @column reason TEXT -  explanation, where needed
-- @needs ledger
-- @empty No boot was recognised in the inputs.
SELECT
  boot, phase, counter_failures, event_failures, counter_bytes, event_bytes,
  difference_bytes, verdict, reason
FROM ledger
ORDER BY boot, CASE phase WHEN 'kread' THEN 1 WHEN 'decompress' THEN 2 WHEN 'becoming' THEN 3 ELSE 4 END
