-- question: >
--   How many runs succeeded and failed, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, state]
-- columns:
--   day: date
--   state: code
--   runs: count
-- ttl: 5m
-- uses: [job_runs]
-- note: >
--   The UTC day a run started; runs without a terminal state are RUNNING. Repaired runs count once, by their last
--   state.
SELECT to_date(started) AS day, COALESCE(result_state, 'RUNNING') AS state, COUNT(*) AS runs
FROM job_runs
GROUP BY to_date(started), COALESCE(result_state, 'RUNNING')
ORDER BY day, state
