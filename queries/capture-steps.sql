-- SPDX-License-Identifier: Apache-2.0
-- What the capture script tried, what failed, and what it could not get, per boot.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column what TEXT -  mount, event, probe, file or command; the evidence that is missing; the setting
-- @column result TEXT -  ok, failed, skipped, exit N (of the command), missing or setting
-- @column detail TEXT -  definition, reason or value
-- @column source INTEGER -  manifest.json
-- @column line INTEGER -  its line
-- @needs capture_steps
-- @empty No archive of the capture script was in the inputs.
SELECT boot, what, result, detail, source, line
FROM capture_steps
ORDER BY boot, item
