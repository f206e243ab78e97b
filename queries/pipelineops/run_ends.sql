-- question: >
--   When did each run of a job that promised something start and end, and how?
-- params: {start: date, end: date, workspaces: text, declared: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   runs: texts  (start and end in milliseconds since 1970, state and run id, a blank between them; oldest first)
-- ttl: 5m
-- uses: [job_runs, scheduled_jobs]
-- optional: [system.lakeflow.jobs.trigger]
-- note: >
--   Only runs of jobs (JOB_RUN) that ever had a cron schedule or are in :declared (workspace/job, commas between them);
--   repairs merged; no end and no state while running. One row for each job, so that even frequent jobs fit.
SELECT r.workspace_id, r.job_id,
       array_sort(collect_list(concat_ws(' ', CAST(unix_millis(r.started) AS STRING),
                                         COALESCE(CAST(unix_millis(r.ended) AS STRING), ''),
                                         COALESCE(r.result_state, ''), r.run_id))) AS runs
FROM job_runs r
LEFT JOIN scheduled_jobs s ON s.workspace_id = r.workspace_id AND s.job_id = r.job_id
WHERE r.run_type = 'JOB_RUN'
  AND (s.job_id IS NOT NULL OR array_contains(split(:declared, ','), concat(r.workspace_id, '/', r.job_id)))
GROUP BY r.workspace_id, r.job_id
ORDER BY r.workspace_id, r.job_id
