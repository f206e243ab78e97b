-- question: >
--   When did each run of a job that promised something start and end, and how?
-- params: {start: date, end: date, workspaces: text, declared: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   runs: texts  (start and end in milliseconds since 1970, state and run id, a blank between them; oldest first)
-- ttl: 5m
-- uses: [scheduled_jobs]
-- optional: [system.lakeflow.jobs.trigger]
-- note: >
--   Only runs of jobs (JOB_RUN) that ever had a cron schedule or are in :declared (workspace/job, commas between them)
--   that were going between :start and :end; one that began more than three days before :start is said to begin there.
--   Repairs are merged, and the first success is the end: what was done stays done when somebody runs it again. No end
--   and no state while running. One row for each job, so that even frequent jobs fit.
WITH runs AS (
  SELECT workspace_id, job_id, run_id, unix_millis(MIN(period_start_time)) AS started,
         MIN(CASE WHEN result_state = 'SUCCEEDED' THEN unix_millis(period_end_time) END) AS done,
         MAX(CASE WHEN result_state IS NOT NULL THEN unix_millis(period_end_time) END) AS ended,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS last_state,
         MAX(unix_millis(period_end_time)) AS seen
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
    AND in_workspaces(workspace_id)
    AND only_jobs(workspace_id, job_id)
  GROUP BY workspace_id, job_id, run_id
  HAVING MAX(run_type) = 'JOB_RUN' AND MIN(period_start_time) < :end AND MAX(period_end_time) >= :start
), judged AS (
  SELECT workspace_id, job_id, run_id, started, COALESCE(done, CASE WHEN ended >= seen THEN ended END) AS ended,
         CASE WHEN done IS NOT NULL THEN 'SUCCEEDED' WHEN ended >= seen THEN last_state END AS result_state
  FROM runs
)
SELECT r.workspace_id, r.job_id,
       array_sort(collect_list(concat_ws(' ', CAST(r.started AS STRING), COALESCE(CAST(r.ended AS STRING), ''),
                                         COALESCE(r.result_state, ''), r.run_id))) AS runs
FROM judged r
LEFT JOIN scheduled_jobs s ON s.workspace_id = r.workspace_id AND s.job_id = r.job_id
WHERE s.job_id IS NOT NULL OR array_contains(split(:declared, ','), concat(r.workspace_id, '/', r.job_id))
GROUP BY r.workspace_id, r.job_id
ORDER BY r.workspace_id, r.job_id
