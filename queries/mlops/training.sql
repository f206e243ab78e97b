-- question: Which training fails lately, whose is it, and what did the failed runs cost?
-- params: {start: date, split: date, end: date, currency: text, basis: text, workspaces: text, limit: integer}
-- grain: [workspace_id, experiment_id, owner]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   experiment_id: text
--   experiment: text  Experiment
--   owner: text  Run by
--   failed: count  Failed
--   ended: count  Ended
--   share: ratio  Share failed
--   failed_before: count
--   ended_before: count
--   share_before: ratio  Before
--   killed: count  Killed
--   unended: count  Not ended
--   nested: count  Nested
--   failing_since: time  Failing since
--   failed_cost: money  Cost of failed
--   costed: count
-- things: {workspace: workspace, owner: [principal, owner]}
-- ttl: 1h
-- uses: [run_costs, workspaces]
-- evidence: [system.mlflow.runs_latest]
-- optional: [system.billing.usage]
-- note: >
--   Runs of MLflow that began from :split to :end, against those from :start to :split (before). A nested run (of a sweep) is part of its parent
--   and not counted; killed is not failed; what has not ended is not judged. failing_since: the first failed run after the last finished one. What a run cost is known where a job run of its own
--   compute started it (mlflow.databricks.jobRunID): costed says of how many failed ones; a job run counts once. Deleted runs and experiments are
--   left out; the table keeps 180 days. The :limit with most failures.
WITH runs AS (
  SELECT workspace_id, experiment_id, folded(created_by) AS owner, run_id, status, start_time, tags['mlflow.databricks.jobRunID'] AS job_run_id,
         tags['mlflow.parentRunId'] IS NOT NULL AS is_nested, start_time >= CAST(:split AS TIMESTAMP) AS is_new
  FROM system.mlflow.runs_latest
  WHERE start_time >= :start AND start_time < :end AND delete_time IS NULL AND in_workspaces(workspace_id)
), placed AS (
  SELECT *, MAX(CASE WHEN status = 'FINISHED' AND NOT is_nested THEN start_time END) OVER (PARTITION BY workspace_id, experiment_id, owner) AS last_good,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, job_run_id, is_new, status = 'FAILED' ORDER BY is_nested, start_time, run_id) AS place
  FROM runs
), counted AS (
  SELECT r.workspace_id, r.experiment_id, r.owner,
         SUM(CASE WHEN r.is_new AND NOT r.is_nested AND r.status = 'FAILED' THEN 1 ELSE 0 END) AS failed,
         SUM(CASE WHEN r.is_new AND NOT r.is_nested AND r.status IN ('FINISHED', 'FAILED') THEN 1 ELSE 0 END) AS ended,
         SUM(CASE WHEN NOT r.is_new AND NOT r.is_nested AND r.status = 'FAILED' THEN 1 ELSE 0 END) AS failed_before,
         SUM(CASE WHEN NOT r.is_new AND NOT r.is_nested AND r.status IN ('FINISHED', 'FAILED') THEN 1 ELSE 0 END) AS ended_before,
         SUM(CASE WHEN r.is_new AND NOT r.is_nested AND r.status = 'KILLED' THEN 1 ELSE 0 END) AS killed,
         SUM(CASE WHEN r.is_new AND NOT r.is_nested AND r.status NOT IN ('FINISHED', 'FAILED', 'KILLED') THEN 1 ELSE 0 END) AS unended,
         SUM(CASE WHEN r.is_new AND r.is_nested THEN 1 ELSE 0 END) AS nested,
         MIN(CASE WHEN NOT r.is_nested AND r.status = 'FAILED' AND (r.last_good IS NULL OR r.start_time > r.last_good) THEN r.start_time END) AS failing_since,
         SUM(CASE WHEN r.is_new AND NOT r.is_nested AND r.status = 'FAILED' AND r.place = 1 THEN c.cost END) AS failed_cost,
         SUM(CASE WHEN r.is_new AND NOT r.is_nested AND r.status = 'FAILED' AND c.cost IS NOT NULL THEN 1 ELSE 0 END) AS costed
  FROM placed r
  LEFT JOIN run_costs c ON c.workspace_id = r.workspace_id AND c.run_id = r.job_run_id
  GROUP BY r.workspace_id, r.experiment_id, r.owner
)
SELECT r.workspace_id, known_name(s.workspace_name) AS workspace, r.experiment_id, known_name(e.name) AS experiment, r.owner, r.failed, r.ended,
       try_divide(CAST(r.failed AS DOUBLE), r.ended) AS share, r.failed_before, r.ended_before, try_divide(CAST(r.failed_before AS DOUBLE), r.ended_before) AS share_before, r.killed, r.unended, r.nested,
       r.failing_since, r.failed_cost, r.costed
FROM counted r
LEFT JOIN (
  SELECT workspace_id, experiment_id, name, delete_time
  FROM system.mlflow.experiments_latest
  QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, experiment_id ORDER BY update_time DESC, name) = 1
) e ON e.workspace_id = r.workspace_id AND e.experiment_id = r.experiment_id
LEFT JOIN workspaces s ON s.workspace_id = r.workspace_id
WHERE e.delete_time IS NULL AND r.ended + r.killed + r.unended + r.nested > 0
ORDER BY r.failed DESC, r.ended DESC, r.workspace_id, r.experiment_id, r.owner
LIMIT :limit
