-- SPDX-License-Identifier: Apache-2.0
-- Cost of loads that a check refused, per boot and policy: the bytes and time spent before the check.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column policy TEXT -  check: signature, lockdown, lsm, blacklist, vermagic, symbol-version, elf, btf, namespace, license
--   or livepatch
-- @column phase TEXT -  phase that the kernel charges; NULL where unknown
-- @column refused INTEGER calls  loads that it refused
-- @column wasted_bytes INTEGER bytes  bytes charged, at least; NULL where unknown
-- @column basis TEXT -  measured or bounded; NULL where the bytes are unknown
-- @column spent_s SECONDS s  total time from enter to exit of the calls that a trace times; NULL for none
-- @column timed_calls INTEGER calls  calls that spent_s covers
-- @column paid TEXT -  what was done before: read, decompressed, laid out
-- @column modules INTEGER -  modules concerned
-- @column worst_module TEXT -  module with the most bytes, then calls
-- @needs failed_loads
-- @empty No load is known to have been refused by a check.
WITH refused AS (
  SELECT * FROM failed_loads
  WHERE reason IN (
    'signature', 'lockdown', 'lsm', 'blacklist', 'vermagic', 'symbol-version', 'elf', 'btf', 'namespace', 'license',
    'livepatch'
  )
), worst AS (
  SELECT
    boot, reason, phase, module,
    row_number() OVER (
      PARTITION BY boot, reason, phase ORDER BY sum(wasted_bytes) DESC, sum(times) DESC, module
    ) AS place
  FROM refused WHERE module IS NOT NULL GROUP BY boot, reason, phase, module
)
SELECT
  r.boot, r.reason AS policy, r.phase, sum(r.times) AS refused, sum(r.wasted_bytes) AS wasted_bytes,
  CASE
    WHEN count(r.wasted_bytes) = 0 THEN NULL
    ELSE iif(sum(r.basis IS NOT 'measured') = 0, 'measured', 'bounded')
  END AS basis,
  sum(r.spent_ns) AS spent_s, sum(r.timed_calls) AS timed_calls,
  CASE r.phase
    WHEN 'kread' THEN 'opened or read'
    WHEN 'decompress' THEN 'read'
    WHEN 'becoming' THEN 'read, and decompressed where it was compressed'
    WHEN 'load' THEN 'read, decompressed where it was compressed, and laid out'
  END AS paid,
  count(DISTINCT r.module) AS modules,
  max(w.module) AS worst_module
FROM refused AS r
LEFT JOIN worst AS w ON w.boot = r.boot AND w.reason = r.reason AND w.phase IS r.phase AND w.place = 1
GROUP BY r.boot, r.reason, r.phase
ORDER BY r.boot, coalesce(sum(r.wasted_bytes), 0) DESC, sum(r.times) DESC, r.reason, r.phase
