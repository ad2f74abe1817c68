-- Modules to which the names that the kernel requested led, per boot, requested name and module.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requested TEXT -  name or alias requested
-- @column call_site TEXT -  kernel function that requested it
-- @column module TEXT -  module that the modprobe of the request called for, what it depends on included
-- @column attempts INTEGER calls  load calls for that module
-- @column loaded INTEGER calls  of them, calls that loaded it
-- @column duplicates INTEGER calls  of them, duplicates
-- @column wasted_bytes INTEGER bytes  bytes charged to them; a lower bound where calls are only bounded
-- @column certain INTEGER -  1 where no other request could have started the modprobe, else 0
-- @needs attempts
-- @empty No trace ties a request_module call to the modprobe that it started (it takes sched_process_fork and exec).
SELECT
  boot, requested, call_site, module,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(wasted_low) AS wasted_bytes,
  min(join_certain) AS certain
FROM attempts
WHERE requested IS NOT NULL
GROUP BY boot, requested, call_site, module
ORDER BY boot, wasted_bytes DESC, requested, min(attempt), call_site, module
