-- What to do about it, per boot, the most worth first; what hangs, is refused or has no room comes before all.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column rank INTEGER -  1 is worth most
-- @column kind TEXT -  one-requester, one-per-cpu, user-space-decompression, live-modules, kernel-without-coalescing,
--   kernel-decompression, duplicates, signature, lockdown, vermagic, relocation, btf, failed-loads,
--   unexplained-failures, failed-inits, percpu-exhausted, vmalloc-exhausted, memory-exhausted, stuck-loads,
--   crashed-loads, throttling, failed-units, failed-requests, missing-modules, slow-inits or repeated-requests
-- @column saves_low INTEGER bytes  bytes that it would save, at least; NULL where no bytes are known
-- @column saves_high INTEGER bytes  bytes that it would save, at most; NULL where nothing bounds them
-- @column basis TEXT -  measured, derived, bounded or estimated
-- @column calls INTEGER calls  calls, requests or allocations that it is about
-- @column modules TEXT -  the three modules, or requested names, that cost most
-- @column who TEXT -  the three callers, tasks or units that cost most
-- @column text TEXT -  what to do, and why
-- @column evidence TEXT -  canned query whose rows show it
-- @needs advice
-- @empty Nothing is known that calls for advice.
SELECT boot, rank, kind, saves_low, saves_high, basis, calls, modules, who, text, evidence
FROM advice
ORDER BY boot, rank
