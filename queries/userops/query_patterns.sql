-- question: Which forms of statements cost most, and what of that would a change save?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, texts: text, limit: integer}
-- grain: [fingerprint]
-- columns:
--   fingerprint: text
--   statement: text  Statement  (without its literals; NULL where the text is not asked for, or not recorded)
--   statement_type: code  Does
--   people: count  People
--   runs: count  Runs  (that finished and were not answered from the result cache)
--   cost: money  Cost
--   work: hours  Task time
--   took: seconds  Usual run  (the median)
--   read_bytes: bytes  Read
--   produced_rows: count  Rows
--   pruned: ratio  Pruned
--   failed: count  Failed
--   cached: count  From the cache
--   spilling: count  Spill
--   reading: count  Read all
--   again_hour: hours
--   again_day: hours
--   odd_ms: number
--   odd_square: number
--   usual: count
--   usual_ms: number
--   usual_square: number
--   days: texts
--   who: text  Most by
--   workspace_id: text
--   dashboard_id: text
--   warehouse_id: text
--   warehouse: text  Mostly on
-- things: {who: [principal, who], warehouse: warehouse}
-- ttl: 1h
-- look_back: 1d
-- uses: [warehouse_costs, warehouse_work, warehouses_latest]
-- optional: [system.query.history.query_source.pipeline_info]
-- note: >
--   Statements of people on SQL warehouses; those of one form together: text without comments, in which literals and lists of them are
--   one sign. What failed is neither fast nor cheap: only runs that finished and were not answered from the result cache are timed and
--   priced. An hour of work (tasks, compilation, fetch) costs on a warehouse what its used hours cost by their work in this period;
--   cost is unknown where a warehouse has no price. spilling: over 1 GB and a tenth of what was read went to disk. reading: over 10 GB
--   read, under a fifth pruned, no spill. Both are odd runs: the mean of their work in ms and of its square stand beside those of the usual ones. again: work of runs whose very text had run in that clock hour, or UTC day, on that warehouse. days: date and runs.
WITH sent AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id, folded(executed_by) AS who, statement_type, start_time,
         execution_status = 'FAILED' AS bad, COALESCE(from_result_cache, false) AS is_cached,
         execution_status = 'FINISHED' AND COALESCE(from_result_cache, false) = false AS ran,
         total_duration_ms, COALESCE(read_bytes, 0) AS read_bytes, COALESCE(produced_rows, 0) AS produced_rows,
         COALESCE(read_files, 0) AS read_files, COALESCE(pruned_files, 0) AS pruned_files,
         COALESCE(total_task_duration_ms, 0) + COALESCE(result_fetch_duration_ms, 0)
           + COALESCE(compilation_duration_ms, 0) AS work_ms,
         COALESCE(spilled_local_bytes, 0) > GREATEST(1000000000, COALESCE(read_bytes, 0) / 10) AS spills,
         COALESCE(read_bytes, 0) > 10000000000 AND COALESCE(pruned_files, 0) * 4 < COALESCE(read_files, 0) AS reads_all,
         COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) AS dashboard_id,
         md5(statement_text) AS same, NULLIF(shape_of(left(statement_text, 10000)), '') AS shape
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND compute.warehouse_id IS NOT NULL
    AND contains(folded(executed_by), '@') AND query_source.job_info.job_id IS NULL
    AND query_source.pipeline_info.pipeline_id IS NULL AND query_source.alert_id IS NULL AND in_workspaces(workspace_id)
), formed AS (
  SELECT workspace_id, warehouse_id, who, statement_type, start_time, bad, is_cached, ran, total_duration_ms, read_bytes,
         produced_rows, read_files, pruned_files, spills, reads_all, dashboard_id, shape, same,
         COALESCE(md5(shape), concat('type ', COALESCE(statement_type, 'unknown'))) AS fingerprint,
         CASE WHEN ran THEN work_ms END AS ran_ms
  FROM sent
), known AS (
  SELECT *, SUM(COALESCE(ran_ms, 0)) OVER (PARTITION BY fingerprint, who) AS own_ms,
         SUM(COALESCE(ran_ms, 0)) OVER (PARTITION BY fingerprint, workspace_id, dashboard_id) AS board_ms,
         SUM(COALESCE(ran_ms, 0)) OVER (PARTITION BY fingerprint, workspace_id, warehouse_id) AS place_ms,
         SUM(CASE WHEN ran THEN 1 ELSE 0 END) OVER (PARTITION BY fingerprint, to_date(start_time)) AS day_runs,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, warehouse_id, same, ran, date_trunc('HOUR', start_time)
                            ORDER BY start_time, who) > 1 AND same IS NOT NULL AS again_hour,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, warehouse_id, same, ran, to_date(start_time)
                            ORDER BY start_time, who) > 1 AND same IS NOT NULL AS again_day
  FROM formed
), spent AS (
  SELECT workspace_id, warehouse_id, try_divide(SUM(cost), SUM(work_ms)) AS rate
  FROM (
    SELECT w.workspace_id, w.warehouse_id, MAX(CAST(c.cost AS DOUBLE) * w.used_share) AS cost, MAX(w.hour_work_ms) AS work_ms
    FROM warehouse_work w
    JOIN warehouse_costs c ON c.workspace_id = w.workspace_id AND c.warehouse_id = w.warehouse_id AND c.hour = w.hour
    WHERE c.cost IS NOT NULL
    GROUP BY w.workspace_id, w.warehouse_id, w.hour
  ) hours
  GROUP BY workspace_id, warehouse_id
), by_form AS (
  SELECT k.fingerprint, MAX(k.shape) AS shape, MAX(k.statement_type) AS statement_type,
         COUNT(DISTINCT CASE WHEN k.ran THEN k.who END) AS people, COUNT(k.ran_ms) AS runs,
         CASE WHEN COUNT(k.ran_ms) = COUNT(k.ran_ms * s.rate) THEN SUM(k.ran_ms * s.rate) END AS cost, SUM(k.ran_ms) AS ran_ms,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN k.ran THEN k.total_duration_ms END) AS took,
         SUM(CASE WHEN k.ran THEN k.read_bytes ELSE 0 END) AS read_bytes,
         SUM(CASE WHEN k.ran THEN k.produced_rows ELSE 0 END) AS produced_rows,
         SUM(CASE WHEN k.ran THEN k.read_files ELSE 0 END) AS read_files,
         SUM(CASE WHEN k.ran THEN k.pruned_files ELSE 0 END) AS pruned_files,
         SUM(CASE WHEN k.bad THEN 1 ELSE 0 END) AS failed, SUM(CASE WHEN k.is_cached THEN 1 ELSE 0 END) AS cached,
         SUM(CASE WHEN k.ran AND k.spills THEN 1 ELSE 0 END) AS spilling,
         SUM(CASE WHEN k.ran AND k.reads_all AND NOT k.spills THEN 1 ELSE 0 END) AS reading,
         SUM(CASE WHEN k.again_hour THEN k.ran_ms ELSE 0 END) AS again_hour,
         SUM(CASE WHEN k.again_day THEN k.ran_ms ELSE 0 END) AS again_day,
         AVG(CASE WHEN k.spills OR k.reads_all THEN CAST(k.ran_ms AS DOUBLE) END) AS odd_ms,
         AVG(CASE WHEN k.spills OR k.reads_all THEN CAST(k.ran_ms AS DOUBLE) * k.ran_ms END) AS odd_square,
         COUNT(CASE WHEN NOT (k.spills OR k.reads_all) THEN k.ran_ms END) AS usual,
         AVG(CASE WHEN NOT (k.spills OR k.reads_all) THEN CAST(k.ran_ms AS DOUBLE) END) AS usual_ms,
         AVG(CASE WHEN NOT (k.spills OR k.reads_all) THEN CAST(k.ran_ms AS DOUBLE) * k.ran_ms END) AS usual_square,
         array_sort(array_distinct(collect_list(CASE WHEN k.ran THEN
           concat(CAST(to_date(k.start_time) AS STRING), ' ', CAST(k.day_runs AS STRING)) END))) AS days,
         max(struct(k.own_ms, k.who)) AS most,
         max(struct(k.board_ms, COALESCE(k.dashboard_id, '') AS dashboard_id, k.workspace_id)) AS board,
         max(struct(k.place_ms, k.workspace_id, k.warehouse_id)) AS place
  FROM known k
  LEFT JOIN spent s ON s.workspace_id = k.workspace_id AND s.warehouse_id = k.warehouse_id
  GROUP BY k.fingerprint
  HAVING COUNT(k.ran_ms) > 0
)
SELECT f.fingerprint, CASE WHEN :texts <> '' THEN left(f.shape, 400) END AS statement, f.statement_type, f.people, f.runs,
       CAST(f.cost AS DECIMAL(28, 10)) AS cost, CAST(f.ran_ms AS DOUBLE) / 3600000D AS work,
       CAST(f.took AS DOUBLE) / 1000D AS took, f.read_bytes, f.produced_rows,
       try_divide(CAST(f.pruned_files AS DOUBLE), f.pruned_files + f.read_files) AS pruned, f.failed, f.cached, f.spilling, f.reading,
       CAST(f.again_hour AS DOUBLE) / 3600000D AS again_hour, CAST(f.again_day AS DOUBLE) / 3600000D AS again_day,
       f.odd_ms, f.odd_square, f.usual, f.usual_ms, f.usual_square, f.days, f.most.who AS who, f.place.workspace_id AS workspace_id,
       CASE WHEN f.board.workspace_id = f.place.workspace_id THEN NULLIF(f.board.dashboard_id, '') END AS dashboard_id,
       f.place.warehouse_id AS warehouse_id, known_name(w.warehouse_name) AS warehouse
FROM by_form f
LEFT JOIN warehouses_latest w ON w.workspace_id = f.place.workspace_id AND w.warehouse_id = f.place.warehouse_id
ORDER BY f.cost DESC NULLS LAST, f.ran_ms DESC, f.fingerprint
LIMIT :limit
