-- question: How good was each model in each window in which its inputs were looked at?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, run_id, metric]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   run_id: text
--   model: text  Model
--   endpoint_id: text
--   slice: text  Slice
--   version: text  Version
--   metric: text  Metric
--   measured: time  Window
--   value: number  Value
--   rows_now: number  Rows
-- things: {workspace: workspace, model: [endpoint, workspace_id, endpoint_id]}
-- ttl: 1h
-- uses: [endpoint_names, monitoring_points, monitoring_runs, workspaces]
-- evidence: [system.mlflow.run_metrics_history]
-- note: >
--   Runs that log how many rows they looked at (n): one that trains logs the quality on data that the model was made from,
--   which says nothing of the model in service. Both versions of a model that are asked alike have rows of their own.
WITH parts AS (
  SELECT workspace_id, run_id, folded(metric_name) AS metric, value,
         MAX(CASE WHEN metric_name = 'n' THEN value END) OVER (PARTITION BY workspace_id, run_id) AS rows_now
  FROM monitoring_points
)
SELECT p.workspace_id, known_name(s.workspace_name) AS workspace, p.run_id, COALESCE(r.model, p.run_id) AS model, e.endpoint_id,
       r.slice, r.version, p.metric, r.measured, MAX(p.value) AS value, MAX(p.rows_now) AS rows_now
FROM parts p
JOIN monitoring_runs r ON r.workspace_id = p.workspace_id AND r.run_id = p.run_id
LEFT JOIN endpoint_names e ON e.workspace_id = p.workspace_id AND e.endpoint_name = r.model
LEFT JOIN workspaces s ON s.workspace_id = p.workspace_id
WHERE p.rows_now IS NOT NULL
  AND p.metric IN ('auc', 'roc_auc', 'accuracy', 'f1', 'precision', 'recall', 'r2', 'rmse', 'mse', 'mae', 'mape', 'log_loss')
GROUP BY p.workspace_id, s.workspace_name, p.run_id, r.model, e.endpoint_id, r.slice, r.version, p.metric, r.measured
ORDER BY model, p.workspace_id, p.metric, r.measured, p.run_id
