-- question: >
--   What do the questions of this cockpit cost the warehouse?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, question]
-- columns:
--   day: date
--   question: text
--   statements: count
--   seconds: seconds
--   read_bytes: bytes
-- ttl: 1h
-- optional: [system.query.history.query_tags]
-- note: >
--   Statements that carry the query tag app = lakehelm; seconds are total durations, not billed time.
SELECT to_date(start_time) AS day, COALESCE(query_tags['query'], 'unknown') AS question, COUNT(*) AS statements,
       CAST(SUM(total_duration_ms) AS DOUBLE) / 1000D AS seconds, SUM(read_bytes) AS read_bytes
FROM system.query.history
WHERE start_time >= :start AND start_time < :end AND query_tags['app'] = 'lakehelm'
  AND in_workspaces(workspace_id)
GROUP BY to_date(start_time), COALESCE(query_tags['query'], 'unknown')
ORDER BY day, question
