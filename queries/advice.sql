-- SPDX-License-Identifier: Apache-2.0
-- Advice per boot, most savings first; hangs, refusals and exhausted memory come before the rest.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column rank INTEGER -  1 saves most
-- @column kind TEXT -  one-requester, one-per-cpu, user-space-decompression, live-modules, kernel-without-coalescing,
--   kernel-decompression, duplicates, unnamed-failures, signature, lockdown, vermagic, relocation, btf, failed-loads,
--   unexplained-failures, failed-inits, percpu-exhausted, vmalloc-exhausted, memory-exhausted, stuck-loads,
--   crashed-loads, throttling, failed-units, failed-requests, missing-modules, failed-commands, unsupported-modules,
--   refused-inits, slow-inits or repeated-requests
-- @column saves_low INTEGER bytes  bytes that it would save, at least; NULL where unknown
-- @column saves_high INTEGER bytes  bytes that it would save, at most; NULL: no bound
-- @column basis TEXT -  measured, derived, bounded or estimated
-- @column calls INTEGER calls  attempts, requests or allocations concerned
-- @column modules TEXT -  the three most expensive modules or requested names
-- @column who TEXT -  the three most expensive callers, tasks or units
-- @column text TEXT -  what to do, and why
-- @column evidence TEXT -  canned query that shows it
-- @needs advice
-- @empty There is no advice.
SELECT boot, rank, kind, saves_low, saves_high, basis, calls, modules, who, text, evidence
FROM advice
ORDER BY boot, rank
