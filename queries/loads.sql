-- SPDX-License-Identifier: Apache-2.0
-- Successful loads, one row each, per boot, in order of time; loads with an unknown time last, by name.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column module TEXT -  module name
-- @column t SECONDS s  start of the load; start of its init where only initcall_debug or module_load shows it; NULL where unknown
-- @column load_us INTEGER us  from the start of the attempt to module_load: read, verify, lay out, link; NULL where the start is unknown
-- @column init_us INTEGER us  from module_load to the end of the attempt: the module's init
-- @column file_bytes INTEGER bytes  size of the uncompressed file, including its signature
-- @column memory_bytes INTEGER bytes  memory of the laid-out module
-- @column requester TEXT -  requester, as in attempts
-- @column comm TEXT -  task that loaded it
-- @needs loads
-- @empty The inputs do not show which modules loaded.
SELECT
  boot, module, CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS t,
  load_ns / 1000 AS load_us, init_ns / 1000 AS init_us, file_bytes, memory_bytes, requester, comm
FROM loads
ORDER BY boot, t_ns IS NULL, t_ns, module, load
