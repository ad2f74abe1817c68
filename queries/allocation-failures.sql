-- SPDX-License-Identifier: Apache-2.0
-- Failed allocations, each once, with the requesting task and the outcome of its load.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column t SECONDS s  time of the first message about it
-- @column what TEXT -  kind: vmap (the vmalloc area), execmem, percpu or pages
-- @column bytes INTEGER bytes  bytes requested, by the first message that gives them; NULL where none does
-- @column comm TEXT -  task that allocated, where known
-- @column pid INTEGER -  its thread, where known
-- @column module TEXT -  module that it was for, where known
-- @column during TEXT -  by the stack trace: read (the file's buffer), image (the load's own memory; without either it fails), load (other memory of a load), init (a module's init asked) or other (BPF's JIT, kprobes or ftrace, which share the area); NULL where unknown
-- @column load_outcome TEXT -  failed or loaded: outcome of the load; NULL where unknown
-- @column suppressed INTEGER -  messages about failed allocations that the kernel had suppressed by then
-- @column message TEXT -  the first message
-- @column source INTEGER -  source of the evidence
-- @column line INTEGER -  line in that source
-- @needs allocation_failures
-- @empty No message about a failed allocation.
SELECT boot, t_ns AS t, what, bytes, comm, pid, module, during, load_outcome, suppressed, message, source, line
FROM allocation_failures
ORDER BY boot, item
