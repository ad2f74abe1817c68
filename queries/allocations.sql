-- Allocations for modules that failed, per boot, in the order of time.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  time of the message
-- @column what TEXT -  what was asked: percpu, vmap, execmem or pages
-- @column bytes INTEGER bytes  what was asked for
-- @column module TEXT -  module it was for, where named
-- @column comm TEXT -  task that asked, where named
-- @column load_outcome TEXT -  what became of the load that it was for: failed or loaded; NULL where nothing says
-- @column suppressed INTEGER -  further failures since whose lines the kernel left out
-- @column message TEXT -  the message
-- @column source INTEGER -  source that says so
-- @column line INTEGER -  line in that source
-- @needs allocation_failures
-- @empty No failed allocation is known.
SELECT boot, t_ns AS t, what, bytes, module, comm, load_outcome, suppressed, message, source, line
FROM allocation_failures
ORDER BY boot, t_ns IS NULL, t_ns, item
