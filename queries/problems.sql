-- What went wrong with module loading and is no failed load of its own, per boot, kind and name.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column kind TEXT -  throttled, refused-request (kmod busy), stuck-load, killed-worker, failed-unit or slow-init
-- @column module TEXT -  module or requested name, where named
-- @column who TEXT -  task or unit
-- @column times INTEGER -  how often
-- @column duration_s SECONDS s  how long, where told; the longest
-- @column first_t SECONDS s  time of the first
-- @column message TEXT -  the message, or what was measured
-- @column source INTEGER -  source that says so
-- @column line INTEGER -  line in that source
-- @needs problems
-- @empty No throttled request, stuck load, failed unit or slow init is known.
SELECT
  boot, kind, module, who, times, duration_ns AS duration_s,
  CASE clock WHEN 'ticks' THEN CAST(t_ns AS TEXT) ELSE t_ns END AS first_t,
  message, source, line
FROM problems
ORDER BY boot, CASE kind
  WHEN 'stuck-load' THEN 1 WHEN 'killed-worker' THEN 2 WHEN 'refused-request' THEN 3 WHEN 'failed-unit' THEN 4
  WHEN 'throttled' THEN 5 ELSE 6 END, times DESC, problem
