-- The boots that were told apart, oldest first.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column label TEXT -  boot id of the journal, or what a text calls it (Before, patched), where known
-- @column kernel TEXT -  kernel release
-- @column machine TEXT -  hardware or architecture, where the evidence says
-- @column cpus INTEGER -  CPUs
-- @column started TEXT -  wall-clock start, UTC
-- @column duration_s SECONDS s  time since boot of the last record that the evidence holds
-- @column modules_loaded INTEGER calls  loads that succeeded
-- @column failures INTEGER calls  failed loads; a lower bound where the evidence leaves some open
-- @column wasted_bytes INTEGER bytes  virtual memory wasted; a lower bound where the evidence leaves some open
-- @column sources INTEGER -  sources it was read from
-- @column complete INTEGER -  1 where nothing of the evidence is known to be missing, else 0
-- @needs boots
-- @empty No boot was recognised in the inputs.
SELECT
  boot, label, kernel, machine, cpus, started, duration_ns AS duration_s,
  modules_loaded, failures, wasted_bytes, sources, complete
FROM boots
ORDER BY boot
