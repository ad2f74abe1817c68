-- SPDX-License-Identifier: Apache-2.0
-- What would have saved memory, per boot: its calls replayed with one rule changed, most bytes first.
-- @param with TEXT = NULL  remedies to combine, `coalescing-kernel,finit-module`: one more row, first, that saves no byte twice
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column remedy TEXT -  coalescing-kernel (Linux 6.5), finit-module (in place of init_module; the kernel decompresses),
--   check-initstate (look at /sys/module/NAME/initstate first), uncompressed-modules, udev-coalescing (one worker per
--   modalias), fix-requester-1 to -3, drop-module-1 to -3 (built in or blacklisted); or those combined
-- @column subject TEXT -  requester or module that it is about
-- @column saves_low INTEGER bytes  bytes that it would have saved, at least
-- @column saves_high INTEGER bytes  at most; NULL: no bound
-- @column costs_low INTEGER bytes  bytes that failed loads would have cost more, at least: compressed files beside images
-- @column costs_high INTEGER bytes  at most; NULL: no bound
-- @column basis TEXT -  derived or bounded, both on the assumption
-- @column calls_low INTEGER calls  failed loads that would have cost less or nothing, at least
-- @column calls_high INTEGER calls  at most
-- @column modules TEXT -  the top three modules
-- @column who TEXT -  the top three callers
-- @column assumption TEXT -  what the replay assumes
-- @needs remedies, remedy_parts, remedy_sets
-- @empty No load failed, or nothing names the loads that failed.
WITH chosen AS (
  SELECT boot, sum(mask) AS mask, group_concat(remedy, ' + ' ORDER BY mask) AS names
  FROM remedies WHERE instr(',' || replace($with, ' ', '') || ',', ',' || remedy || ',') > 0
  GROUP BY boot
), applying AS (
  SELECT
    c.boot, s.part,
    max(CASE WHEN s.cancels = 0 THEN s.certain END) AS saved,
    max(CASE WHEN s.cancels = 1 THEN s.certain END) AS cancelled
  FROM chosen AS c JOIN remedy_sets AS s ON s.boot = c.boot AND s.mask & c.mask = s.mask
  GROUP BY c.boot, s.part
), saved AS (
  SELECT boot, part, saved = 1 AND cancelled IS NULL AS certain
  FROM applying WHERE saved IS NOT NULL AND cancelled IS NOT 1
), sums AS (
  SELECT
    s.boot,
    sum(p.bytes_low * s.certain * (p.costs = 0)) AS low,
    sum(p.bytes_high * (p.costs = 0)) AS high,
    sum(p.bytes_high IS NULL AND p.costs = 0) AS unbounded,
    sum(p.bytes_low * s.certain * p.costs) AS costs_low,
    sum(p.bytes_high * p.costs) AS costs_high,
    sum(p.bytes_high IS NULL AND p.costs = 1) AS costs_unbounded,
    sum(s.certain * p.calls) AS calls_low,
    sum(p.calls) AS calls_high,
    max(p.ceiling_bytes) AS ceiling
  FROM saved AS s JOIN remedy_parts AS p ON p.boot = s.boot AND p.part = s.part
  GROUP BY s.boot
), combined AS (
  SELECT
    c.boot, c.mask, c.names, coalesce(s.low, 0) AS low,
    CASE WHEN s.unbounded > 0 THEN s.ceiling ELSE min(coalesce(s.high, 0), coalesce(s.ceiling, s.high, 0)) END AS high,
    coalesce(s.costs_low, 0) AS costs_low,
    CASE WHEN coalesce(s.costs_unbounded, 0) = 0 THEN coalesce(s.costs_high, 0) END AS costs_high,
    coalesce(s.calls_low, 0) AS calls_low, coalesce(s.calls_high, 0) AS calls_high
  FROM chosen AS c LEFT JOIN sums AS s ON s.boot = c.boot
), every AS (
  SELECT
    boot, 0 AS alone, mask, remedy, subject, saves_low, saves_high, costs_low, costs_high, basis, calls_low,
    calls_high, modules, who, assumption
  FROM remedies
  UNION ALL
  SELECT
    boot, -1, mask, names, NULL, low, high, costs_low, costs_high, iif(low = high, 'derived', 'bounded'), calls_low, calls_high,
    NULL, NULL, 'those of each'
  FROM combined
)
SELECT
  boot, remedy, subject, saves_low, saves_high, costs_low, costs_high, basis, calls_low, calls_high, modules, who,
  assumption
FROM every
ORDER BY boot, alone, saves_low DESC, saves_high IS NULL DESC, saves_high DESC, mask
