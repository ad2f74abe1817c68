-- SPDX-License-Identifier: Apache-2.0
-- Boots like this one: those that share its duplicate modules, other failures and duplicate requests, most alike first.
-- @param this TEXT  the case, as the column case has it
-- @param boot INTEGER = 1  boot within the case
-- @param limit INTEGER = 20  number of rows
-- @column case TEXT -  the case
-- @column boot INTEGER -  boot within the case
-- @column kernel TEXT -  kernel release
-- @column machine TEXT -  hardware or architecture
-- @column similarity REAL ratio  weighted Jaccard index: the weights of what both have over those of what either has,
--   where a module, failure or request of few boots weighs more (inverse document frequency, Sparck Jones 1972)
-- @column shared INTEGER -  modules, failures and requests that both have
-- @column other INTEGER -  those of this boot or of that one alone
-- @column rarest TEXT -  the shared one that fewest boots have
-- @column wasted_bytes INTEGER bytes  virtual memory that the boot wasted
-- @needs boots, duplicates, failures, autoload
-- @empty There is no such boot, it has no duplicate, failure or duplicate request, or no other boot shares one.
WITH features AS (
  SELECT "case", boot, 'duplicates of ' || module AS feature FROM duplicates WHERE module IS NOT NULL
  UNION SELECT "case", boot, 'failure ' || reason || coalesce(' of ' || module, '') FROM failures WHERE reason IS NOT NULL
  UNION SELECT "case", boot, 'request for ' || requested FROM autoload WHERE duplicate_requests > 0
), weights AS (
  SELECT feature, count(*) AS boots, ln(1 + CAST((SELECT count(*) FROM boots) AS DOUBLE) / count(*)) AS weight
  FROM features GROUP BY feature
), wanted AS (
  SELECT w.* FROM features AS f JOIN weights AS w ON w.feature = f.feature WHERE f."case" = $this AND f.boot = $boot
), sums AS (
  SELECT count(*) AS n, sum(weight) AS weight FROM wanted
), near AS (
  SELECT f."case", f.boot, count(*) AS shared, sum(w.weight) AS weight, min(w.boots) AS fewest
  FROM features AS f JOIN wanted AS w ON w.feature = f.feature
  WHERE NOT (f."case" = $this AND f.boot = $boot)
  GROUP BY f."case", f.boot
), whole AS (
  SELECT n."case", n.boot, count(*) AS n, sum(w.weight) AS weight
  FROM near AS n JOIN features AS f ON f."case" = n."case" AND f.boot = n.boot JOIN weights AS w ON w.feature = f.feature
  GROUP BY n."case", n.boot
), compared AS (
  SELECT
    n."case", n.boot, n.shared, n.fewest, a.n + s.n - 2 * n.shared AS other,
    -- Nothing but what both have is 1, whatever the order in which weights were added.
    CASE WHEN a.n + s.n = 2 * n.shared THEN 1e0 ELSE n.weight / (a.weight + s.weight - n.weight) END AS similarity
  FROM near AS n JOIN whole AS a ON a."case" = n."case" AND a.boot = n.boot CROSS JOIN sums AS s
)
SELECT
  c."case", c.boot, b.kernel, b.machine, c.similarity, c.shared, c.other,
  (SELECT min(feature) FROM wanted WHERE boots = c.fewest) AS rarest, b.wasted_bytes
FROM compared AS c LEFT JOIN boots AS b ON b."case" = c."case" AND b.boot = c.boot
ORDER BY round(c.similarity, 9) DESC, c.shared DESC, c."case", c.boot
LIMIT $limit
