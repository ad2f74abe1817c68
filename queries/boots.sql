-- SPDX-License-Identifier: Apache-2.0
-- All boots, oldest first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column label TEXT -  boot id of the journal, or label in a text (Before, patched), where known
-- @column kernel TEXT -  kernel release
-- @column machine TEXT -  hardware or architecture, where known
-- @column cpus INTEGER -  CPUs
-- @column started TEXT -  wall-clock start, UTC
-- @column duration_s SECONDS s  time since boot of the last record
-- @column modules_loaded INTEGER calls  successful loads
-- @column failures INTEGER calls  failed loads; a lower bound where the evidence is incomplete
-- @column wasted_bytes INTEGER bytes  virtual memory wasted; a lower bound where the evidence is incomplete
-- @column sources INTEGER -  number of its sources
-- @column complete INTEGER -  1 where no evidence is known to be missing, else 0
-- @column failures_high INTEGER calls  failed loads, at most; NULL: no bound
-- @column wasted_bytes_high INTEGER bytes  virtual memory wasted, at most; NULL: no bound
-- @needs boots
-- @empty No boot was recognised in the inputs.
SELECT
  boot, label, kernel, machine, cpus, started, duration_ns AS duration_s,
  modules_loaded, failures, wasted_bytes, sources, complete, failures_high, wasted_bytes_high
FROM boots
ORDER BY boot
