-- optional: [system.mlflow.experiments_latest]
-- note: >
--   The runs since the day before :start, with the model that each one speaks of: that of its tag `endpoint`, else the last
--   part of its experiment's name. The window that it looked at begins when its tag `window_start` says, else with the run.
SELECT r.workspace_id, r.run_id, COALESCE(NULLIF(r.tags['endpoint'], ''), NULLIF(regexp_extract(e.name, '[^/]+$', 0), '')) AS model,
       COALESCE(TRY_CAST(r.tags['window_start'] AS TIMESTAMP), r.start_time) AS measured,
       NULLIF(r.tags['model_version'], '') AS version, folded(r.created_by) AS owner, COALESCE(r.tags['slice'], '') AS slice,
       CASE WHEN upper(r.tags['compared_with']) = 'CONSECUTIVE' THEN 'CONSECUTIVE' ELSE 'BASELINE' END AS compared
FROM system.mlflow.runs_latest r
LEFT JOIN system.mlflow.experiments_latest e ON e.workspace_id = r.workspace_id AND e.experiment_id = r.experiment_id
WHERE r.start_time >= date_sub(:start, 1) AND r.start_time < :end AND r.delete_time IS NULL
