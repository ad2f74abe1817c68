-- SPDX-License-Identifier: Apache-2.0
-- Load calls that started within a span of time, per boot and module or requester, most waste first.
-- @param from SECONDS = 0  start of the span in seconds, or in ticks where the clock counts ticks
-- @param to SECONDS = NULL  end of the span; NULL: the end of the boot
-- @param by TEXT = module  module, or requester (with its comm)
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column name TEXT -  module, or requester; NULL where unknown
-- @column comm TEXT -  name of the calling task, where by is requester
-- @column attempts INTEGER calls  attempts that started in the span
-- @column loaded INTEGER calls  successful ones among them
-- @column duplicates INTEGER calls  duplicates among them
-- @column coalesced INTEGER calls  those that waited for another load, at no cost
-- @column failed INTEGER calls  other failures among them, including failed inits
-- @column wasted_low INTEGER bytes  bytes wasted by them, at least
-- @column wasted_high INTEGER bytes  bytes wasted by them, at most; NULL: no bound
-- @column first_t SECONDS s  start of the first
-- @column basis TEXT -  of the bytes: measured where the trace holds all attempts and none is only bounded, else bounded
-- @needs attempts, boots
-- @empty No attempt with a time started in this span, or the inputs hold no trace of attempts.
WITH spanned AS (
  SELECT *, CASE $by WHEN 'requester' THEN requester ELSE module END AS name,
    CASE $by WHEN 'requester' THEN comm END AS task
  FROM attempts
  -- Seconds are bound as nanoseconds; ticks were given as if they were seconds.
  WHERE t_ns >= CAST($from AS INTEGER) / CASE clock WHEN 'ticks' THEN 1000000000 ELSE 1 END
    AND ($to IS NULL OR t_ns <= CAST($to AS INTEGER) / CASE clock WHEN 'ticks' THEN 1000000000 ELSE 1 END)
)
SELECT
  boot, name, task AS comm,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(outcome = 'coalesced') AS coalesced,
  sum(outcome = 'failed') AS failed,
  sum(wasted_low) AS wasted_low,
  CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END AS wasted_high,
  CASE clock WHEN 'ticks' THEN CAST(min(t_ns) AS TEXT) ELSE min(t_ns) END AS first_t,
  iif(min(trace_complete = 1 AND wasted_low IS wasted_high), 'measured', 'bounded') AS basis
FROM spanned JOIN boots USING (boot)
GROUP BY boot, clock, name, task
ORDER BY boot, wasted_low DESC, attempts DESC, name, task
