-- question: >
--   Which share of finished job runs failed, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day]
-- columns:
--   day: date
--   value: ratio  Share of runs that failed
--   failed: count
--   finished: count
-- ttl: 5m
-- uses: [job_runs]
-- note: >
--   Failed, errored or timed-out runs over those and the succeeded ones, by the UTC day they started.
SELECT to_date(started) AS day,
       try_divide(CAST(SUM(CASE WHEN result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') THEN 1 ELSE 0 END) AS DOUBLE),
                  SUM(CASE WHEN result_state IN ('SUCCEEDED', 'FAILED', 'ERROR', 'TIMED_OUT') THEN 1 ELSE 0 END)) AS value,
       SUM(CASE WHEN result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') THEN 1 ELSE 0 END) AS failed,
       SUM(CASE WHEN result_state IN ('SUCCEEDED', 'FAILED', 'ERROR', 'TIMED_OUT') THEN 1 ELSE 0 END) AS finished
FROM job_runs
GROUP BY to_date(started)
ORDER BY day
