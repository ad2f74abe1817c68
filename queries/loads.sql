-- Loads that succeeded, a row each, per boot, in the order of time; those of unknown time last, by name.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column module TEXT -  module name
-- @column t SECONDS s  start of the load; of its init, where initcall_debug or module_load alone tells; NULL where only a line after it does
-- @column load_us INTEGER us  from the call to module_load: read, verify, lay out, link; NULL where the call was not seen
-- @column init_us INTEGER us  from module_load to the end of the call: the module's init
-- @column file_bytes INTEGER bytes  size of the plain file, signature included
-- @column memory_bytes INTEGER bytes  memory of the laid-out module
-- @column requester TEXT -  who asked
-- @column comm TEXT -  task that loaded it
-- @needs loads
-- @empty Nothing in the inputs says which modules loaded.
SELECT
  boot, module, CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS t,
  load_ns / 1000 AS load_us, init_ns / 1000 AS init_us, file_bytes, memory_bytes, requester, comm
FROM loads
ORDER BY boot, t_ns IS NULL, t_ns, module, load
