-- Allocations for modules that failed, per boot, in the order of time.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  time of the message
-- @column what TEXT -  what ran out: percpu or vmap
-- @column bytes INTEGER bytes  what was asked for
-- @column module TEXT -  module it was for, where named
-- @column message TEXT -  the message
-- @column source INTEGER -  source that says so
-- @column line INTEGER -  line in that source
-- @needs allocation_failures
-- @empty No failed allocation is known.
SELECT boot, t_ns AS t, what, bytes, module, message, source, line
FROM allocation_failures
ORDER BY boot, t_ns IS NULL, t_ns, item
