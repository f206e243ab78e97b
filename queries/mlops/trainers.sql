-- question: Which job trained each model last?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, model]
-- columns:
--   workspace_id: text
--   model: text  Model
--   job_id: text
--   job: text  Trained by
--   trained: time  Trained  (when that run ended)
--   runs: count  Of trainings  (by jobs, that ended well)
-- things: {job: [job, workspace_id, job_id]}
-- ttl: 1h
-- uses: [jobs_latest]
-- optional: [system.lakeflow.jobs, system.mlflow.experiments_latest]
-- note: >
--   Runs of MLflow that a job started (mlflow.databricks.jobID), that ended well and logged a model (mlflow.log-model.history). The model
--   is what the tag endpoint names, else the last part of the experiment's name. No system table links a registered version to the run
--   that made it: a model trained by hand, or without these tags, has no row. Jobs that are deleted do not count.
SELECT t.workspace_id, t.model, t.newest.job_id AS job_id, j.name AS job, t.newest.ended AS trained, t.runs
FROM (
  SELECT r.workspace_id, COALESCE(NULLIF(r.tags['endpoint'], ''), NULLIF(regexp_extract(e.name, '[^/]+$', 0), '')) AS model,
         MAX(struct(r.end_time AS ended, r.tags['mlflow.databricks.jobID'] AS job_id)) AS newest, COUNT(*) AS runs
  FROM system.mlflow.runs_latest r
  LEFT JOIN system.mlflow.experiments_latest e ON e.workspace_id = r.workspace_id AND e.experiment_id = r.experiment_id
  WHERE r.start_time >= :start AND r.start_time < :end AND r.delete_time IS NULL AND r.status = 'FINISHED'
    AND r.tags['mlflow.databricks.jobID'] <> '' AND r.tags['mlflow.log-model.history'] IS NOT NULL AND in_workspaces(r.workspace_id)
  GROUP BY r.workspace_id, COALESCE(NULLIF(r.tags['endpoint'], ''), NULLIF(regexp_extract(e.name, '[^/]+$', 0), ''))
) t
JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.newest.job_id AND j.delete_time IS NULL
WHERE t.model IS NOT NULL
ORDER BY t.workspace_id, t.model
