-- SPDX-License-Identifier: Apache-2.0
-- Units that a boot waited for, per boot, and how long load calls failed or waited meanwhile. The boot would not save all of that
-- time: a unit may have waited for something else as well.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column unit TEXT -  unit name: every unit of the critical chain that took time, and every one that waits for udev or loads modules
-- @column awaits TEXT -  udev (settle, coldplug, initqueue) or modules; NULL: neither is known
-- @column on_chain INTEGER -  1 where systemd-analyze critical-chain has it, 0 where not; NULL where no chain is known
-- @column t SECONDS s  its start, since boot; NULL where only its duration is known
-- @column took_s SECONDS s  time that it took to start
-- @column in_flight_low_s SECONDS s  part of took_s during which a failed or coalesced attempt was in flight, at least; NULL where no
--   trace has times since boot
-- @column in_flight_high_s SECONDS s  at most
-- @column alone_s SECONDS s  part of took_s in which the CPUs ran failed calls and nothing else, at least, by sched_switch; NULL where
--   it cannot be known
-- @column basis TEXT -  measured where both ends of in_flight agree; bounded where the clocks may be apart
-- @column source INTEGER -  source that gives its time
-- @column line INTEGER -  line
-- @needs unit_times
-- @empty No source gives the time of a unit: attach systemd-analyze critical-chain, or the journal.
SELECT
  boot, unit, awaits, on_chain, from_ns AS t, took_ns AS took_s, in_flight_low_ns AS in_flight_low_s,
  in_flight_high_ns AS in_flight_high_s, alone_ns AS alone_s,
  CASE WHEN in_flight_low_ns IS NOT NULL THEN iif(in_flight_low_ns = in_flight_high_ns, 'measured', 'bounded') END AS basis,
  source, line
FROM unit_times
ORDER BY boot, from_ns IS NULL, from_ns, item
