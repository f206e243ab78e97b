-- question: >
--   When did a job run last fail?
-- params: {start: date, end: date}
-- grain: [newest]
-- columns:
--   newest: time  (NULL when none did)
-- ttl: 30m
-- evidence: [system.lakeflow.job_run_timeline]
-- note: >
--   Cheap on purpose: a few days of one table and nothing joined, to know whether there is anything to look into.
SELECT MAX(period_end_time) AS newest
FROM system.lakeflow.job_run_timeline
WHERE period_start_time >= :start AND period_start_time < :end
  AND result_state IN ('FAILED', 'ERROR', 'TIMED_OUT') AND run_type = 'JOB_RUN'
