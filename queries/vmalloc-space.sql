-- SPDX-License-Identifier: Apache-2.0
-- The vmalloc area, the evidence for its size, the waste in it and the failures for lack of it, per boot.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column total_bytes INTEGER bytes  size of the vmalloc area
-- @column basis TEXT -  measured (/proc/meminfo or the kernel log) or estimated (the architecture's size)
-- @column origin TEXT -  evidence that the size rests on
-- @column used_bytes INTEGER bytes  VmallocUsed of /proc/meminfo
-- @column modules_bytes INTEGER bytes  bytes of it that modules use, by /proc/vmallocinfo
-- @column wasted_bytes INTEGER bytes  virtual memory wasted by failed loads; a lower bound where boots says so
-- @column wasted_share REAL ratio  wasted_bytes as a fraction of total_bytes
-- @column small INTEGER -  1 for the small area of a 32-bit kernel, which waste can fill
-- @column module_area_bytes INTEGER bytes  size of the address range reserved for modules, where the log gives it
-- @column allocation_failures INTEGER -  failed allocations of vmap or execmem in the kernel log
-- @column allocation_basis TEXT -  measured; bounded (a lower bound) where the kernel suppressed messages; NULL without any
-- @column largest_failed_bytes INTEGER bytes  largest of them
-- @column memory_failed_loads INTEGER calls  loads that failed with ENOMEM
-- @needs boots, memory, allocation_failures, failed_loads
-- @empty No boot was recognised in the inputs.
WITH figures AS (
  SELECT
    boot,
    max(CASE what WHEN 'vmalloc-total' THEN bytes END) AS total,
    max(CASE what WHEN 'vmalloc-used' THEN bytes END) AS used,
    max(CASE what WHEN 'module-vmalloc' THEN bytes END) AS modules,
    max(CASE what WHEN 'module-area' THEN bytes END) AS module_area,
    max(CASE what WHEN 'vmalloc-estimate' THEN bytes END) AS estimate
  FROM memory GROUP BY boot
), sized AS (
  SELECT
    b.boot, b.wasted_bytes, f.used, f.modules, f.module_area,
    CASE
      WHEN f.total IS NOT NULL THEN 'meminfo or kernel log'
      WHEN f.estimate IS NOT NULL THEN '32-bit x86, its low memory'
      WHEN b.machine = 'x86_64' THEN 'x86_64 with 4-level paging'
    END AS origin,
    coalesce(
      f.total, f.estimate,
      -- Four levels of page tables: VMALLOC_SIZE_TB 32, and the page at its end (pgtable_64_types.h).
      CASE WHEN b.machine = 'x86_64' THEN 34359738367 * 1024 END
    ) AS total
  FROM boots AS b LEFT JOIN figures AS f USING (boot)
), failed AS (
  SELECT
    boot, count(*) AS failures, max(bytes) AS largest,
    iif(sum(suppressed) > 0, 'bounded', 'measured') AS basis
  FROM allocation_failures WHERE what IN ('vmap', 'execmem') GROUP BY boot
), starved AS (
  SELECT boot, sum(times) AS failures FROM failed_loads
  WHERE reason <> 'percpu' AND (errno = 12 OR reason IN ('memory', 'vmalloc')) GROUP BY boot
)
SELECT
  s.boot, s.total AS total_bytes,
  CASE s.origin WHEN 'meminfo or kernel log' THEN 'measured' ELSE iif(s.origin IS NULL, NULL, 'estimated') END AS basis,
  s.origin, s.used AS used_bytes, s.modules AS modules_bytes, s.wasted_bytes,
  CAST(s.wasted_bytes AS REAL) / nullif(s.total, 0) AS wasted_share,
  s.total < 4294967296 AS small, s.module_area AS module_area_bytes,
  coalesce(f.failures, 0) AS allocation_failures, f.basis AS allocation_basis, f.largest AS largest_failed_bytes,
  coalesce(m.failures, 0) AS memory_failed_loads
FROM sized AS s LEFT JOIN failed AS f USING (boot) LEFT JOIN starved AS m USING (boot)
ORDER BY s.boot
