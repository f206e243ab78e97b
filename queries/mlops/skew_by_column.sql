-- question: How do the rows that each model is asked with differ from those it was trained on, column by column?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, run_id, column_name]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   run_id: text
--   model: text  Model
--   endpoint_id: text
--   owner: text  Measured by
--   version: text  Version
--   column_name: text  Column
--   measured: time  Window
--   mean_now: number  Mean served
--   mean_then: number  Mean trained on
--   std_now: number
--   std_then: number
--   nulls_now: ratio  Null served
--   nulls_then: ratio  Null trained on
--   rows_now: number  Rows served
--   rows_then: number  Rows trained on
-- things: {workspace: workspace, model: [endpoint, workspace_id, endpoint_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [endpoint_names, monitoring_points, monitoring_runs, workspaces]
-- evidence: [system.mlflow.run_metrics_history]
-- note: >
--   What monitoring runs log of a column as metrics mean_now_<column>, std_now_<column> and nulls_now_<column> (a share) of the window, and the
--   same with then of what they compare it with, of n and n_reference rows. A baseline is taken for what the model was trained
--   on; comparisons with the window before and slices are not told. NULL where a run does not say.
WITH parts AS (
  SELECT workspace_id, run_id, regexp_extract(metric_name, '^(mean|std|nulls)_(now|then)_(.+)$', 1) AS measure,
         regexp_extract(metric_name, '^(mean|std|nulls)_(now|then)_(.+)$', 2) AS side,
         regexp_extract(metric_name, '^(mean|std|nulls)_(now|then)_(.+)$', 3) AS column_name, value,
         MAX(CASE WHEN metric_name = 'n' THEN value END) OVER (PARTITION BY workspace_id, run_id) AS rows_now,
         MAX(CASE WHEN metric_name = 'n_reference' THEN value END) OVER (PARTITION BY workspace_id, run_id) AS rows_then
  FROM monitoring_points
), told AS (
  SELECT workspace_id, run_id, column_name,
         MAX(CASE WHEN measure = 'mean' AND side = 'now' THEN value END) AS mean_now,
         MAX(CASE WHEN measure = 'mean' AND side = 'then' THEN value END) AS mean_then,
         MAX(CASE WHEN measure = 'std' AND side = 'now' THEN value END) AS std_now,
         MAX(CASE WHEN measure = 'std' AND side = 'then' THEN value END) AS std_then,
         MAX(CASE WHEN measure = 'nulls' AND side = 'now' THEN value END) AS nulls_now,
         MAX(CASE WHEN measure = 'nulls' AND side = 'then' THEN value END) AS nulls_then,
         MAX(rows_now) AS rows_now, MAX(rows_then) AS rows_then
  FROM parts
  WHERE column_name <> ''
  GROUP BY workspace_id, run_id, column_name
)
SELECT m.workspace_id, known_name(s.workspace_name) AS workspace, m.run_id, COALESCE(r.model, m.run_id) AS model, e.endpoint_id,
       r.owner, r.version, m.column_name, r.measured, m.mean_now, m.mean_then, m.std_now, m.std_then, m.nulls_now, m.nulls_then,
       m.rows_now, m.rows_then
FROM told m
JOIN monitoring_runs r ON r.workspace_id = m.workspace_id AND r.run_id = m.run_id
LEFT JOIN endpoint_names e ON e.workspace_id = m.workspace_id AND e.endpoint_name = r.model
LEFT JOIN workspaces s ON s.workspace_id = m.workspace_id
WHERE r.slice = '' AND r.compared = 'BASELINE'
  AND (m.mean_now IS NOT NULL AND m.mean_then IS NOT NULL OR m.nulls_now IS NOT NULL AND m.nulls_then IS NOT NULL)
ORDER BY model, m.workspace_id, r.measured, m.run_id, m.column_name
