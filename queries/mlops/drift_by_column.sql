-- question: How far has each input of each model moved in each window, of how many rows?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, run_id, column_name]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   run_id: text
--   model: text  Model
--   endpoint_id: text
--   owner: text  Measured by
--   compared: code  Compared with
--   slice: text  Slice
--   version: text  Version
--   column_name: text  Column
--   measured: time  Window
--   psi: number  PSI
--   ks: number  KS
--   js: number  JS distance
--   rows_now: number  Rows now
--   rows_then: number  Rows then
--   bins: number  Bins
--   importance: number  Importance
-- things: {workspace: workspace, model: [endpoint, workspace_id, endpoint_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [endpoint_names, monitoring_points, monitoring_runs, workspaces]
-- evidence: [system.mlflow.run_metrics_history]
-- note: >
--   What runs log of a column as metrics whose names begin with psi, ks, js and importance, with the rows, those of the reference
--   and the bins (n, n_reference, bins) of the run: NULL where it does not say, and then nothing can be said of chance. Comparisons with a baseline and with the window before,
--   and slices, are rows of their own. A column is not that of a model of another name.
WITH parts AS (
  SELECT workspace_id, run_id, regexp_extract(metric_name, '^(psi|ks|js|importance)_(.+)$', 1) AS measure,
         regexp_extract(metric_name, '^(psi|ks|js|importance)_(.+)$', 2) AS column_name, value,
         MAX(CASE WHEN metric_name = 'n' THEN value END) OVER (PARTITION BY workspace_id, run_id) AS rows_now,
         MAX(CASE WHEN metric_name = 'n_reference' THEN value END) OVER (PARTITION BY workspace_id, run_id) AS rows_then,
         MAX(CASE WHEN metric_name = 'bins' THEN value END) OVER (PARTITION BY workspace_id, run_id) AS bins
  FROM monitoring_points
), moved AS (
  SELECT workspace_id, run_id, column_name, MAX(CASE WHEN measure = 'psi' THEN value END) AS psi,
         MAX(CASE WHEN measure = 'ks' THEN value END) AS ks, MAX(CASE WHEN measure = 'js' THEN value END) AS js,
         MAX(CASE WHEN measure = 'importance' THEN value END) AS importance,
         MAX(rows_now) AS rows_now, MAX(rows_then) AS rows_then, MAX(bins) AS bins
  FROM parts
  WHERE column_name <> ''
  GROUP BY workspace_id, run_id, column_name
)
SELECT m.workspace_id, known_name(s.workspace_name) AS workspace, m.run_id, COALESCE(r.model, m.run_id) AS model, e.endpoint_id,
       r.owner, r.compared, r.slice, r.version, m.column_name, r.measured, m.psi, m.ks, m.js, m.rows_now, m.rows_then, m.bins,
       m.importance
FROM moved m
JOIN monitoring_runs r ON r.workspace_id = m.workspace_id AND r.run_id = m.run_id
LEFT JOIN endpoint_names e ON e.workspace_id = m.workspace_id AND e.endpoint_name = r.model
LEFT JOIN workspaces s ON s.workspace_id = m.workspace_id
WHERE COALESCE(m.psi, m.ks, m.js) IS NOT NULL
ORDER BY model, m.workspace_id, r.measured, m.run_id, m.column_name
