-- question: How did the jobs and pipelines end last, and since when do they not succeed?
-- params: {start: date, end: date, workspaces: text}
-- grain: [writer_kind, workspace_id, writer_id]
-- columns:
--   writer_kind: text  (job or pipeline)
--   workspace_id: text
--   writer_id: text
--   name: text
--   run_id: text  (of the newest run or update)
--   state: code  (of the newest run or update; NULL while it runs)
--   code: code
--   started: time  (of the newest run or update)
--   last_success: time  (when the newest one that succeeded began)
--   failing_since: time  (when the first one that failed after it began)
--   is_paused: flag
--   is_deleted: flag
-- ttl: 5m
-- uses: [job_runs, jobs_latest, pipelines_latest]
-- optional: [system.lakeflow.jobs.paused, system.lakeflow.pipeline_update_timeline]
-- note: >
--   Runs of jobs (JOB_RUN) and updates of pipelines that began between :start and :end; slices of updates are read to 30 days after
--   it. Cancelled and skipped ones neither end a failure nor begin one.
WITH updates AS (
  SELECT workspace_id, pipeline_id, update_id, MIN(period_start_time) AS started,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS state
  FROM system.lakeflow.pipeline_update_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 30)
    AND in_workspaces(workspace_id)
  GROUP BY workspace_id, pipeline_id, update_id
  HAVING MIN(period_start_time) >= :start AND MIN(period_start_time) < :end
), tried AS (
  SELECT 'job' AS writer_kind, workspace_id, job_id AS writer_id, run_id, started, result_state AS state,
         termination_code AS code, run_name AS name, result_state = 'SUCCEEDED' AS is_good,
         result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AS is_bad
  FROM job_runs
  WHERE run_type = 'JOB_RUN'
  UNION ALL
  SELECT 'pipeline' AS writer_kind, workspace_id, pipeline_id AS writer_id, update_id AS run_id, started, state,
         CAST(NULL AS STRING) AS code, CAST(NULL AS STRING) AS name, state = 'COMPLETED' AS is_good, state = 'FAILED' AS is_bad
  FROM updates
), followed AS (
  SELECT *, MAX(CASE WHEN is_good THEN started END) OVER (PARTITION BY writer_kind, workspace_id, writer_id) AS last_success
  FROM tried
), found AS (
  SELECT writer_kind, workspace_id, writer_id, MAX(name) AS run_name, max_by(run_id, struct(started, run_id)) AS run_id,
         max_by(state, struct(started, run_id)) AS state, max_by(code, struct(started, run_id)) AS code,
         MAX(started) AS started, MAX(last_success) AS last_success,
         MIN(CASE WHEN is_bad AND (last_success IS NULL OR started > last_success) THEN started END) AS failing_since
  FROM followed
  GROUP BY writer_kind, workspace_id, writer_id
)
SELECT f.writer_kind, f.workspace_id, f.writer_id, known_name(j.name, p.name, f.run_name) AS name, f.run_id, f.state, f.code,
       f.started, f.last_success, f.failing_since, COALESCE(j.paused, false) AS is_paused,
       COALESCE(j.delete_time, p.delete_time) IS NOT NULL AS is_deleted
FROM found f
LEFT JOIN jobs_latest j ON f.writer_kind = 'job' AND j.workspace_id = f.workspace_id AND j.job_id = f.writer_id
LEFT JOIN pipelines_latest p
  ON f.writer_kind = 'pipeline' AND p.workspace_id = f.workspace_id AND p.pipeline_id = f.writer_id
ORDER BY writer_kind, workspace_id, writer_id
