-- Everything skipped, repaired, lost or doubted, per code and source, worst first.
-- @column severity TEXT -  error, data-loss, warning or info
-- @column code TEXT -  stable code
-- @column source INTEGER -  source it is about
-- @column line INTEGER -  first line it is about
-- @column count INTEGER -  how often
-- @column detail TEXT -  what, as far as known
-- @column help TEXT -  what it means for the numbers, or what to do
-- @needs diagnostics
-- @empty Nothing was skipped, repaired, lost or doubted.
SELECT severity, code, source, line, count, detail, help
FROM diagnostics
ORDER BY
  CASE severity WHEN 'error' THEN 1 WHEN 'data-loss' THEN 2 WHEN 'warning' THEN 3 ELSE 4 END,
  code, source, line, detail
