-- SPDX-License-Identifier: Apache-2.0
-- Failures confined to so few machines that chance is an unlikely cause, least likely first.
-- @param most INTEGER = 3  maximum number of machines with the failure
-- @param least INTEGER = 2  minimum number of boots with it
-- @column reason TEXT -  as in failures; duplicate for duplicate loads
-- @column module TEXT -  module, where known
-- @column boots INTEGER -  boots with this failure, of known machines
-- @column machines INTEGER -  machines (hardware or architecture, as in boots) with it
-- @column machine TEXT -  the machine with most of these boots
-- @column boots_there INTEGER -  all boots of the machines with it
-- @column share_there REAL ratio  fraction of those boots that have it
-- @column boots_elsewhere INTEGER -  boots of all other machines, none of which has it
-- @column chance REAL -  upper bound of the chance that this many boots, drawn at random, are all of this few machines, as common as these
--   (choices of the machines times the share of their boots, to the power of boots); 1 where it bounds nothing
-- @column example TEXT -  one of the cases
-- @needs boots, failures, duplicates
-- @empty No failure is confined to few machines, or machines are unknown.
WITH machines AS (
  SELECT machine, count(*) AS n FROM boots WHERE machine IS NOT NULL GROUP BY machine
), fleet AS (
  SELECT count(*) AS machines, sum(n) AS boots FROM machines
), failed AS (
  SELECT DISTINCT reason, module, "case", boot FROM failures
  UNION SELECT 'duplicate', module, "case", boot FROM duplicates
), placed AS (
  SELECT f.reason, f.module, b.machine, count(*) AS n, min(f."case") AS example
  FROM failed AS f JOIN boots AS b ON b."case" = f."case" AND b.boot = f.boot
  WHERE b.machine IS NOT NULL GROUP BY f.reason, f.module, b.machine
), ranked AS (
  SELECT
    p.*, m.n AS of_machine,
    row_number() OVER (PARTITION BY p.reason, p.module ORDER BY p.n DESC, p.machine) AS place
  FROM placed AS p JOIN machines AS m ON m.machine = p.machine
), summed AS (
  SELECT
    reason, module, sum(n) AS boots, count(*) AS machines, max(CASE place WHEN 1 THEN machine END) AS machine,
    sum(of_machine) AS there, max(CASE place WHEN 1 THEN example END) AS example
  FROM ranked GROUP BY reason, module
  HAVING count(*) <= $most AND sum(n) >= $least
), bounded AS (
  SELECT
    s.*, f.boots - s.there AS elsewhere,
    s.machines * ln(f.machines) + s.boots * ln(CAST(s.there AS DOUBLE) / f.boots) AS exponent
  FROM summed AS s CROSS JOIN fleet AS f
)
SELECT
  reason, module, boots, machines, machine, there AS boots_there, CAST(boots AS DOUBLE) / there AS share_there,
  elsewhere AS boots_elsewhere,
  CASE WHEN exponent < 0 THEN pow(10e0, exponent / ln(10e0)) ELSE 1e0 END AS chance, example
FROM bounded
WHERE elsewhere > 0
ORDER BY exponent, boots DESC, reason, module
