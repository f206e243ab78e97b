-- question: >
--   What does each question of this cockpit cost the warehouse?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, limit: integer}
-- grain: [question]
-- columns:
--   question: text  Question
--   cost: money  Cost
--   statements: count  Runs
--   seconds: seconds  Time in all
--   p50: seconds  Median
--   p95: seconds  95 of 100 within
--   read_bytes: bytes  Read
--   unpriced: count  Runs without a price
--   last_run: time  Last run
--   all_cost: money
--   all_statements: count
--   all_bytes: bytes
-- ttl: 1h
-- uses: [warehouse_costs]
-- optional: [system.query.history.query_tags]
-- note: >
--   Statements that carry the query tag app = lakehelm, whoever the cockpit runs as. Each takes the share of its warehouse's cost
--   of the hour in which it began that its work (task, result fetch, compilation) has of all work begun in that hour, time without
--   work included: what the hour cost. all_* are those of every question, also beyond :limit; a run of an hour without a price
--   has no cost and is counted.
WITH begun AS (
  SELECT workspace_id, compute.warehouse_id AS warehouse_id, date_trunc('HOUR', start_time) AS hour, start_time,
         CASE WHEN query_tags['app'] = 'lakehelm' THEN COALESCE(query_tags['query'], 'unknown') END AS question,
         CAST(total_duration_ms AS DOUBLE) / 1000D AS seconds, read_bytes,
         COALESCE(total_task_duration_ms, 0) + COALESCE(result_fetch_duration_ms, 0)
           + COALESCE(compilation_duration_ms, 0) AS work_ms
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND in_workspaces(workspace_id)
), shared AS (
  SELECT workspace_id, warehouse_id, hour, start_time, question, seconds, read_bytes, work_ms,
         SUM(work_ms) OVER (PARTITION BY workspace_id, warehouse_id, hour) AS hour_work_ms
  FROM begun
), own AS (
  SELECT s.question, s.start_time, s.seconds, s.read_bytes,
         CASE WHEN s.work_ms = 0 THEN 0D
              ELSE CAST(c.cost AS DOUBLE) * try_divide(CAST(s.work_ms AS DOUBLE), s.hour_work_ms) END AS cost
  FROM shared s
  LEFT JOIN warehouse_costs c
    ON c.workspace_id = s.workspace_id AND c.warehouse_id = s.warehouse_id AND c.hour = s.hour
  WHERE s.question IS NOT NULL
), questions AS (
  SELECT question, CAST(SUM(cost) AS DECIMAL(28, 10)) AS cost, COUNT(*) AS statements, SUM(seconds) AS seconds,
         percentile(seconds, 0.5) AS p50, percentile(seconds, 0.95) AS p95, SUM(read_bytes) AS read_bytes,
         SUM(CASE WHEN cost IS NULL THEN 1 ELSE 0 END) AS unpriced, MAX(start_time) AS last_run
  FROM own
  GROUP BY question
)
SELECT question, cost, statements, seconds, p50, p95, read_bytes, unpriced, last_run,
       SUM(cost) OVER () AS all_cost, SUM(statements) OVER () AS all_statements, SUM(read_bytes) OVER () AS all_bytes
FROM questions
ORDER BY cost DESC NULLS LAST, seconds DESC, question
LIMIT :limit
