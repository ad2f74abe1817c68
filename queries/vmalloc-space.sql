-- The vmalloc area and how its size is known, per boot, with the waste beside it.
-- @column boot INTEGER -  boot, 1 is the oldest
-- @column total_bytes INTEGER bytes  size of the vmalloc area
-- @column basis TEXT -  measured (/proc/meminfo or the kernel log) or estimated (the architecture's size)
-- @column origin TEXT -  what the size rests on
-- @column used_bytes INTEGER bytes  VmallocUsed of /proc/meminfo
-- @column modules_bytes INTEGER bytes  what modules take of it, by /proc/vmallocinfo
-- @column wasted_bytes INTEGER bytes  virtual memory wasted by failed loads; a lower bound where boots says so
-- @column wasted_share REAL ratio  wasted_bytes as a part of total_bytes
-- @needs boots, memory
-- @empty No boot was recognised in the inputs.
WITH figures AS (
  SELECT
    boot,
    max(CASE what WHEN 'vmalloc-total' THEN bytes END) AS total,
    max(CASE what WHEN 'vmalloc-used' THEN bytes END) AS used,
    max(CASE what WHEN 'module-vmalloc' THEN bytes END) AS modules
  FROM memory GROUP BY boot
), sized AS (
  SELECT
    b.boot, b.wasted_bytes, f.used, f.modules,
    -- x86_64 with four levels of page tables: VMALLOC_SIZE_TB 32, and the page at its end (pgtable_64_types.h).
    coalesce(f.total, CASE WHEN b.machine = 'x86_64' THEN 34359738367 * 1024 END) AS total,
    CASE WHEN f.total IS NOT NULL THEN 'measured' WHEN b.machine = 'x86_64' THEN 'estimated' END AS basis
  FROM boots AS b LEFT JOIN figures AS f USING (boot)
)
SELECT
  boot, total AS total_bytes, basis,
  CASE basis WHEN 'measured' THEN 'meminfo or kernel log' WHEN 'estimated' THEN 'x86_64 with 4-level paging' END AS origin,
  used AS used_bytes, modules AS modules_bytes, wasted_bytes,
  CAST(wasted_bytes AS REAL) / nullif(total, 0) AS wasted_share
FROM sized
ORDER BY boot
