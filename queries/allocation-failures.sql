-- Allocations that failed, each once, with the task that asked and what became of its load.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  time of the first message about it
-- @column what TEXT -  what was asked: vmap (the vmalloc area), execmem, percpu or pages
-- @column bytes INTEGER bytes  what was asked for, as first said; NULL where no message says it
-- @column comm TEXT -  task that asked, where named
-- @column module TEXT -  module that it was for, where named
-- @column load_outcome TEXT -  failed or loaded: what became of the load; NULL where nothing says so
-- @column suppressed INTEGER -  messages about failed allocations that the kernel says, by then, it had left out
-- @column message TEXT -  the first message
-- @column source INTEGER -  source that says so
-- @column line INTEGER -  line in that source
-- @needs allocation_failures
-- @empty No message about an allocation that failed.
SELECT boot, t_ns AS t, what, bytes, comm, module, load_outcome, suppressed, message, source, line
FROM allocation_failures
ORDER BY boot, item
