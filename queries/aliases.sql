-- SPDX-License-Identifier: Apache-2.0
-- Modules loaded for the names that the kernel requested, per boot, requested name and module.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column requested TEXT -  name or alias requested
-- @column call_site TEXT -  kernel function that requested it
-- @column module TEXT -  module that the request's modprobe loaded, including dependencies
-- @column attempts INTEGER calls  attempts for that module
-- @column loaded INTEGER calls  successful attempts among them
-- @column duplicates INTEGER calls  duplicates among them
-- @column wasted_bytes INTEGER bytes  bytes charged to them; a lower bound where some are only bounded
-- @column certain INTEGER -  1 where only this request can have started the modprobe, else 0
-- @needs attempts
-- @empty No trace links a request_module call to its modprobe (needs sched_process_fork and sched_process_exec).
SELECT
  boot, requested, call_site, module,
  count(*) AS attempts,
  sum(outcome = 'loaded') AS loaded,
  sum(outcome = 'duplicate') AS duplicates,
  sum(wasted_low) AS wasted_bytes,
  min(join_certain) AS certain
FROM attempts
WHERE requested IS NOT NULL
GROUP BY boot, requested, call_site, module
ORDER BY boot, wasted_bytes DESC, requested, min(attempt), call_site, module
