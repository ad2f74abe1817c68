-- SPDX-License-Identifier: Apache-2.0
-- What the evidence does not show, and how to capture it, per boot.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column what TEXT -  what is unknown
-- @column how TEXT -  commands and recipes, except those already used
-- @needs captures
-- @empty No further capture would add anything.
SELECT boot, what, how
FROM captures
ORDER BY boot, item
