-- question: Which jobs run on this cluster, and for how long?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, cluster_id: text, limit: integer}
-- grain: [job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   job: text  Job
--   owner: text  Runs as
--   runs: count  Runs
--   worked: hours  Tasks ran
--   part: share  Of all tasks
--   last_ran: time  Last ran
-- things: {job: job, owner: [principal, owner]}
-- ttl: 30m
-- uses: [jobs_latest]
-- optional: [system.lakeflow.jobs]
-- note: >
--   By the tasks that named the cluster among their compute, by the start of their slices; a run that was repaired is one run. Tasks that ran at
--   once count each. Notebooks and statements of people on it are in no system table.
SELECT t.workspace_id, t.job_id, COALESCE(j.name, t.job_id) AS job, NULLIF(COALESCE(j.run_as_user_name, j.run_as), '') AS owner,
       t.runs, CAST(t.task_ms AS DOUBLE) / 3600000D AS worked,
       try_divide(CAST(t.task_ms AS DOUBLE), SUM(t.task_ms) OVER ()) AS part, t.last_ran
FROM (
  SELECT workspace_id, job_id, COUNT(DISTINCT job_run_id) AS runs,
         SUM(unix_millis(period_end_time) - unix_millis(period_start_time)) AS task_ms, MAX(period_end_time) AS last_ran
  FROM system.lakeflow.job_task_run_timeline
  WHERE period_start_time >= :start AND period_start_time < :end AND workspace_id = :workspace_id
    AND array_contains(compute_ids, :cluster_id) AND in_workspaces(workspace_id)
  GROUP BY workspace_id, job_id
) t
LEFT JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.job_id
ORDER BY t.task_ms DESC, t.job_id
LIMIT :limit
