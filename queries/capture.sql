-- What the evidence leaves open, and what to capture to know it, per boot.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column what TEXT -  what is not known
-- @column how TEXT -  commands and recipes; none that was used already
-- @needs captures
-- @empty Nothing that a further capture would tell is open.
SELECT boot, what, how
FROM captures
ORDER BY boot, item
