-- question: How are the rows of each input spread over its bins in the newest window, and how were they in what it is compared with?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, model, column_name, bin]
-- columns:
--   workspace_id: text
--   model: text
--   run_id: text
--   measured: time
--   column_name: text
--   bin: count
--   lower: number
--   rows_now: number
--   rows_then: number
-- ttl: 1h
-- uses: [monitoring_points, monitoring_runs]
-- evidence: [system.mlflow.run_metrics_history]
-- note: >
--   Of each model the newest window of the whole (no slice) against a baseline in which a run logged bins: metrics bin_<column>_<n>_now
--   and bin_<column>_<n>_then (rows), and bin_<column>_<n>_from where bins have a lower end. A bin that one side has not logged holds no row
--   of it. Of what is compared with the window before nothing is told: it moves with every window.
WITH parts AS (
  SELECT workspace_id, run_id, regexp_extract(metric_name, '^bin_(.+)_([0-9]+)_(now|then|from)$', 1) AS column_name,
         TRY_CAST(NULLIF(regexp_extract(metric_name, '^bin_(.+)_([0-9]+)_(now|then|from)$', 2), '') AS INT) AS bin,
         regexp_extract(metric_name, '^bin_(.+)_([0-9]+)_(now|then|from)$', 3) AS side, value
  FROM monitoring_points
), spread AS (
  SELECT workspace_id, run_id, column_name, bin, MAX(CASE WHEN side = 'from' THEN value END) AS lower,
         MAX(CASE WHEN side = 'now' THEN value END) AS rows_now, MAX(CASE WHEN side = 'then' THEN value END) AS rows_then
  FROM parts
  WHERE column_name <> ''
  GROUP BY workspace_id, run_id, column_name, bin
), placed AS (
  SELECT b.*, COALESCE(r.model, b.run_id) AS model, r.measured,
         DENSE_RANK() OVER (PARTITION BY b.workspace_id, COALESCE(r.model, b.run_id) ORDER BY r.measured DESC, b.run_id) AS place
  FROM spread b
  JOIN monitoring_runs r ON r.workspace_id = b.workspace_id AND r.run_id = b.run_id
  WHERE r.slice = '' AND r.compared = 'BASELINE' AND COALESCE(b.rows_now, b.rows_then) IS NOT NULL
)
SELECT workspace_id, model, run_id, measured, column_name, bin, lower, COALESCE(rows_now, 0) AS rows_now, COALESCE(rows_then, 0) AS rows_then
FROM placed
WHERE place = 1
ORDER BY model, workspace_id, column_name, bin
