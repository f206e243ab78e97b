-- question: >
--   How long after its start is each scheduled job usually done, as known at the beginning of each week?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   weeks: texts  (a Monday and whole seconds, a blank between them; oldest first)
-- ttl: 12h
-- uses: [job_runs, scheduled_jobs]
-- optional: [system.lakeflow.jobs.trigger]
-- look_back: 0d
-- note: >
--   For each Monday from 37 days after :start to :end, the 95th percentile of the time from start to end of the
--   successful runs of 30 days, times 1.25, rounded up, at least ten runs: a learned promise, always labelled so. The 30
--   days end a week before the Monday, so that a bad week does not excuse the next. What was known in a week does not
--   depend on the period somebody looks at.
WITH spread AS (
  SELECT r.workspace_id, r.job_id, r.elapsed_seconds, to_date(r.started) AS day,
         to_date(date_trunc('WEEK', r.started)) AS monday, explode(array(14, 21, 28, 35, 42)) AS later
  FROM job_runs r
  JOIN scheduled_jobs s ON s.workspace_id = r.workspace_id AND s.job_id = r.job_id
  WHERE r.run_type = 'JOB_RUN' AND r.result_state = 'SUCCEEDED'
    AND only_jobs(r.workspace_id, r.job_id)
), weekly AS (
  SELECT workspace_id, job_id, elapsed_seconds, day, date_add(monday, later) AS week
  FROM spread
), learned AS (
  SELECT workspace_id, job_id, week,
         percentile_cont(0.95) WITHIN GROUP (ORDER BY elapsed_seconds) * 1.25D AS seconds
  FROM weekly
  WHERE day >= date_sub(week, 37) AND day < date_sub(week, 7) AND week >= date_add(:start, 37) AND week <= :end
  GROUP BY workspace_id, job_id, week
  HAVING COUNT(*) >= 10
)
SELECT workspace_id, job_id,
       array_sort(collect_list(concat(date_format(week, 'yyyy-MM-dd'), ' ', CAST(CAST(ceil(seconds) AS BIGINT) AS STRING))))
         AS weeks
FROM learned
GROUP BY workspace_id, job_id
ORDER BY workspace_id, job_id
