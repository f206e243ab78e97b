-- question: >
--   Which jobs' newest run failed, how often in a row, and who waits for what they write?
-- params: {start: date, end: date, workspaces: text, currency: text, basis: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   workspace: text
--   job_id: text
--   run_id: text
--   name: text
--   owner: text
--   paused: flag
--   started: time
--   ended: time
--   result_state: text
--   termination_code: text
--   attempts: count
--   failures: count
--   runs: count
--   last_success: time
--   failed_tasks: texts
--   tables: count
--   readers: count
--   cost_per_run: money
-- ttl: 5m
-- uses: [job_runs, run_costs, jobs_latest, lineage_events, workspaces]
-- optional: [system.lakeflow.jobs.run_as_user_name, system.lakeflow.jobs.paused]
-- evidence: [system.lakeflow.job_run_timeline, system.access.table_lineage]
-- note: >
--   The newest run decides: a later run, a repair that succeeded or one that is still running takes the job off the
--   list. Runs that were skipped or blocked did nothing and do not count. attempts is more than one where the run was
--   repaired and failed again; failures counts the failed runs after the last success in the window. Only runs of jobs
--   that exist. readers are the jobs, pipelines, dashboards and people that read what the job wrote in the window,
--   itself left out; cost_per_run is the mean of the window's runs that have a cost of their own.
WITH tried AS (
  SELECT workspace_id, job_id, run_id, run_name, started, ended, result_state, termination_code, attempts,
         ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id ORDER BY started DESC, run_id DESC) AS place,
         MAX(CASE WHEN result_state = 'SUCCEEDED' THEN started END) OVER (PARTITION BY workspace_id, job_id) AS last_success,
         COUNT(*) OVER (PARTITION BY workspace_id, job_id) AS runs
  FROM job_runs
  WHERE run_type = 'JOB_RUN' AND (result_state IS NULL OR result_state NOT IN ('SKIPPED', 'BLOCKED'))
), newest AS (
  SELECT t.workspace_id, t.job_id, t.run_id, t.started, t.ended, t.result_state, t.termination_code, t.attempts,
         t.runs, t.last_success, j.name, COALESCE(j.run_as_user_name, j.run_as) AS owner, j.paused
  FROM tried t
  JOIN jobs_latest j ON j.workspace_id = t.workspace_id AND j.job_id = t.job_id AND j.delete_time IS NULL
  WHERE t.place = 1 AND t.result_state IN ('FAILED', 'ERROR', 'TIMED_OUT')
), streaks AS (
  SELECT workspace_id, job_id, COUNT(*) AS failures
  FROM tried
  WHERE result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AND (last_success IS NULL OR started > last_success)
  GROUP BY workspace_id, job_id
), broken AS (
  SELECT workspace_id, job_run_id, array_sort(collect_list(task_key)) AS failed_tasks
  FROM (
    SELECT workspace_id, job_run_id, task_key
    FROM system.lakeflow.job_task_run_timeline
    WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
    GROUP BY workspace_id, job_run_id, task_key
    HAVING MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) = MAX(period_end_time)
       AND max_by(result_state, period_end_time) FILTER (WHERE result_state IS NOT NULL)
             IN ('FAILED', 'ERROR', 'TIMED_OUT')
  ) tasks
  GROUP BY workspace_id, job_run_id
), written AS (
  SELECT DISTINCT e.workspace_id, e.consumer_id AS job_id, e.target_name
  FROM lineage_events e
  JOIN newest n ON n.workspace_id = e.workspace_id AND n.job_id = e.consumer_id
  WHERE e.consumer_kind = 'job' AND e.target_name IS NOT NULL
), waiting AS (
  SELECT w.workspace_id, w.job_id, COUNT(DISTINCT w.target_name) AS tables,
         COUNT(DISTINCT CASE WHEN r.consumer_kind = 'person' THEN r.consumer_id
                             ELSE r.consumer_kind || ' ' || r.workspace_id || ' ' || r.consumer_id END) AS readers
  FROM written w
  LEFT JOIN lineage_events r
    ON r.source_name = w.target_name
   AND NOT (r.consumer_kind = 'job' AND r.workspace_id = w.workspace_id AND r.consumer_id = w.job_id)
  GROUP BY w.workspace_id, w.job_id
), costs AS (
  SELECT c.workspace_id, c.job_id, try_divide(CAST(SUM(c.cost) AS DOUBLE), COUNT(*)) AS cost_per_run
  FROM run_costs c
  JOIN tried t ON t.workspace_id = c.workspace_id AND t.job_id = c.job_id AND t.run_id = c.run_id
  GROUP BY c.workspace_id, c.job_id
)
SELECT n.workspace_id, COALESCE(k.workspace_name, 'other region or deleted') AS workspace, n.job_id, n.run_id, n.name,
       n.owner, COALESCE(n.paused, false) AS paused, n.started, n.ended, n.result_state, n.termination_code, n.attempts,
       s.failures, n.runs, n.last_success, b.failed_tasks, COALESCE(w.tables, 0) AS tables,
       COALESCE(w.readers, 0) AS readers, CAST(CAST(c.cost_per_run AS DECIMAL(28, 6)) AS DECIMAL(18, 4)) AS cost_per_run
FROM newest n
JOIN streaks s ON s.workspace_id = n.workspace_id AND s.job_id = n.job_id
LEFT JOIN broken b ON b.workspace_id = n.workspace_id AND b.job_run_id = n.run_id
LEFT JOIN waiting w ON w.workspace_id = n.workspace_id AND w.job_id = n.job_id
LEFT JOIN costs c ON c.workspace_id = n.workspace_id AND c.job_id = n.job_id
LEFT JOIN workspaces k ON k.workspace_id = n.workspace_id
ORDER BY readers DESC, workspace_id, job_id
LIMIT :limit
