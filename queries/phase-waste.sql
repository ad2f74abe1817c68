-- SPDX-License-Identifier: Apache-2.0
-- Failed loads and the virtual memory they wasted, per boot and phase, in order of the phases.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column phase TEXT -  kread, decompress, becoming or load (kernel/module/stats.c, 6.4 to 7.3); for kernels without counters, what they would charge
-- @column failures INTEGER calls  attempts that failed in the phase, including duplicates; at least, where failures_high differs
-- @column duplicates INTEGER calls  duplicates among these failures: the module was already loaded or loading
-- @column bytes INTEGER bytes  bytes charged to the phase, where known exactly; on 32 bit the true sum, beyond 2^32 too
-- @column bytes_low INTEGER bytes  bytes charged, at least
-- @column bytes_high INTEGER bytes  bytes charged, at most; NULL: no bound
-- @column share REAL ratio  fraction of the boot's wasted bytes
-- @column avg_bytes INTEGER bytes  bytes per failure, rounded up as the kernel does
-- @column allocations INTEGER -  allocations wasted
-- @column basis TEXT -  measured, derived, bounded or estimated; NULL where unknown
-- @column origin TEXT -  counters, trace or both; on 32 bit also the evidence for the number of wraps
-- @column failures_high INTEGER calls  failures, at most: with calls whose phase is unknown; NULL: no bound
-- @column duplicates_low INTEGER calls  duplicates among these failures, at least
-- @column duplicates_high INTEGER calls  duplicates among these failures, at most; NULL: no bound
-- @needs boots, grouped_attempts, counters, counter_bytes, remainder
-- @empty No boot was recognised in the inputs.
WITH phases (place, phase, failed, wasted) AS (
  VALUES
    (1, 'kread', 'failed_kreads', 'invalid_kread_bytes'),
    (2, 'decompress', 'failed_decompress', 'invalid_decompress_bytes'),
    (3, 'becoming', 'failed_becoming', 'invalid_becoming_bytes'),
    (4, 'load', 'failed_load_modules', 'invalid_mod_bytes')
), newest AS (
  SELECT boot, max(snapshot) AS snapshot FROM counters GROUP BY boot
), counted AS (
  SELECT
    boot, phase,
    max(CASE counter WHEN failed THEN value END) AS failures,
    max(CASE counter WHEN wasted THEN value END) AS printed
  FROM newest JOIN counters USING (boot, snapshot) JOIN phases ON counter IN (failed, wasted)
  GROUP BY boot, phase
), traced AS (
  SELECT
    boot, phase,
    sum(attempts) AS failures,
    sum(iif(outcome = 'duplicate', attempts, 0)) AS duplicates,
    sum(wasted_low) AS low,
    CASE WHEN count(wasted_high) = count(*) THEN sum(wasted_high) END AS high,
    CASE WHEN count(allocations) = count(*) THEN sum(allocations) END AS allocations
  FROM grouped_attempts WHERE outcome IN ('duplicate', 'failed') AND phase <> 'init'
  GROUP BY boot, phase
), unplaced AS (
  -- Attempts that failed, or may have, in a phase that the trace does not show; duplicates only becoming or load.
  SELECT
    boot, outcome = 'duplicate' AS duplicate, sum(attempts) AS calls,
    CASE WHEN count(wasted_high) = count(*) THEN sum(wasted_high) END AS high
  FROM grouped_attempts
  WHERE phase IS NULL AND (outcome IN ('duplicate', 'failed') OR (outcome = 'unknown' AND errno IS NOT 0))
  GROUP BY boot, outcome = 'duplicate'
), open AS (
  SELECT boot, phase, sum(calls) AS calls, CASE WHEN count(high) = count(*) THEN sum(high) END AS high
  FROM unplaced JOIN phases ON NOT duplicate OR place > 2
  GROUP BY boot, phase
), hidden AS (
  SELECT DISTINCT boot FROM grouped_attempts WHERE by_probes = 1
), sums AS (
  SELECT
    b.boot, p.place, p.phase,
    c.boot IS NOT NULL AS by_counters,
    b.trace_sees IN ('calls', 'charges') AS by_trace,
    c.failures AS counted, iif(k.boot IS NULL, c.printed, k.bytes) AS counted_bytes,
    k.bytes_low AS counted_low, k.basis, k.origin,
    coalesce(t.failures, 0) AS traced, coalesce(t.duplicates, 0) AS duplicates,
    coalesce(t.low, 0) AS low, iif(t.boot IS NULL, 0, t.high) AS high,
    iif(t.boot IS NULL, 0, t.allocations) AS allocations,
    o.boot IS NOT NULL AS is_open, coalesce(o.calls, 0) AS open_calls, iif(o.boot IS NULL, 0, o.high) AS open_high,
    -- Only probes show some calls: a phase that none was hit in may hold failures all the same, kread always.
    h.boot IS NOT NULL AND (p.phase = 'kread' OR t.boot IS NULL) AS is_hidden,
    b.trace_complete IS 1 AS is_complete,
    iif(r.duplicates_low = r.duplicates_high, r.duplicates_low, NULL) AS listed,
    r.duplicates_low AS listed_low, r.duplicates_high AS listed_high
  FROM boots AS b CROSS JOIN phases AS p
  LEFT JOIN counted AS c ON c.boot = b.boot AND c.phase = p.phase
  LEFT JOIN counter_bytes AS k ON k.boot = b.boot AND k.phase = p.phase
  LEFT JOIN traced AS t ON t.boot = b.boot AND t.phase = p.phase
  LEFT JOIN open AS o ON o.boot = b.boot AND o.phase = p.phase
  LEFT JOIN hidden AS h ON h.boot = b.boot
  LEFT JOIN remainder AS r ON r.boot = b.boot AND r.phase = p.phase
), judged AS (
  SELECT *, is_complete AND NOT is_open AND NOT is_hidden AS is_whole FROM sums
), totals AS (
  SELECT
    boot, place, phase, counted AS failures,
    CASE WHEN counted = 0 THEN 0 WHEN is_complete AND traced = counted THEN duplicates ELSE listed END AS duplicates,
    counted_bytes AS bytes, coalesce(counted_low, counted_bytes, 0) AS bytes_low, counted_bytes AS bytes_high,
    CASE WHEN counted = 0 THEN 0 WHEN is_complete AND traced = counted THEN allocations END AS allocations,
    coalesce(basis, iif(counted_bytes IS NULL, 'bounded', 'measured')) AS basis,
    coalesce(origin, 'counters') AS origin, counted AS failures_high,
    listed_low AS duplicates_low, listed_high AS duplicates_high
  FROM judged WHERE by_counters
  UNION ALL
  SELECT
    boot, place, phase,
    iif(is_whole OR traced > 0, traced, NULL), iif(is_whole OR traced > 0, duplicates, NULL),
    iif(is_whole AND low = high, low, NULL), low, iif(is_complete AND NOT is_hidden, high + open_high, NULL),
    iif(is_whole, allocations, NULL),
    iif(is_whole AND low = high, 'measured', 'bounded'), 'trace',
    iif(is_complete AND NOT is_hidden, traced + open_calls, NULL),
    duplicates, NULL
  FROM judged WHERE by_trace AND NOT by_counters
  UNION ALL
  SELECT boot, place, phase, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL
  FROM judged WHERE by_trace IS NOT 1 AND NOT by_counters
)
SELECT
  boot, phase, failures, duplicates, bytes, bytes_low, bytes_high,
  CASE WHEN count(bytes) OVER (PARTITION BY boot) = 4
    THEN CAST(bytes AS REAL) / nullif(sum(bytes) OVER (PARTITION BY boot), 0) END AS share,
  CASE WHEN failures > 0 AND bytes > 0 THEN (bytes + failures - 1) / failures END AS avg_bytes,
  allocations, basis, origin, failures_high,
  coalesce(duplicates, duplicates_low) AS duplicates_low,
  coalesce(iif(failures = failures_high, duplicates, NULL), duplicates_high) AS duplicates_high
FROM totals
ORDER BY boot, place
