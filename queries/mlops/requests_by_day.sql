-- question: How often are serving endpoints asked each day, how do requests end, how long do they take, of how many tokens?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [day, workspace_id, endpoint_id]
-- columns:
--   day: date  Day
--   workspace_id: text  (NULL where the row is of all endpoints)
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   requests: count  Requests
--   failed: count  Failed
--   refused: count  Refused
--   caller_errors: count  Caller's errors
--   input_tokens: tokens  Tokens in
--   output_tokens: tokens  Tokens out
--   counted: count  With tokens
--   timed: count  Timed
--   median: seconds  Half took less than
--   slow: seconds  One of twenty took longer than
-- things: {endpoint: endpoint}
-- ttl: 1h
-- optional: [system.ai_gateway.usage]
-- note: >
--   By UTC day: one row of all endpoints, and one for each of the :limit that are asked most. Requests are in endpoint_usage, where
--   usage is tracked, and those that the gateway serves by or sends to a listed endpoint in ai_gateway.usage; one that both know (by its
--   id) is the gateway's and counts once. Failed is a status of 500 and above, refused 429, the caller's errors are other 4xx.
--   Only the gateway records how long a request takes, and custom models count no tokens: timed and counted say of how many
--   that is known. No row is no record, not no use. MCP messages are no requests.
WITH entities AS (
  SELECT workspace_id, served_entity_id, MAX(struct(change_time, endpoint_id, endpoint_name)) AS newest
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
  GROUP BY workspace_id, served_entity_id
), endpoints AS (
  SELECT workspace_id, newest.endpoint_id AS endpoint_id, MAX(struct(newest.change_time, newest.endpoint_name)).endpoint_name AS endpoint
  FROM entities
  GROUP BY workspace_id, newest.endpoint_id
), calls AS (
  SELECT to_date(u.request_time) AS day, u.workspace_id, COALESCE(e.newest.endpoint_id, '') AS endpoint_id, u.databricks_request_id AS id,
         0 AS is_gateway, u.status_code, u.input_token_count AS input_tokens, u.output_token_count AS output_tokens,
         CAST(NULL AS DOUBLE) AS latency
  FROM system.serving.endpoint_usage u
  LEFT JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= :start AND u.request_time < :end AND in_workspaces(u.workspace_id)
  UNION ALL
  SELECT to_date(g.event_time) AS day, g.workspace_id, COALESCE(d.endpoint_id, o.endpoint_id) AS endpoint_id,
         COALESCE(g.request_id, g.invocation_id) AS id, 1 AS is_gateway, g.status_code, g.input_tokens, g.output_tokens,
         CAST(g.latency_ms AS DOUBLE) / 1000D AS latency
  FROM system.ai_gateway.usage g
  LEFT JOIN endpoints d ON d.workspace_id = g.workspace_id AND d.endpoint_id = g.destination_id
  LEFT JOIN endpoints o ON o.workspace_id = g.workspace_id AND o.endpoint_id = g.endpoint_id
  WHERE g.event_time >= :start AND g.event_time < :end AND g.mcp_metadata.json_rpc_method IS NULL AND in_workspaces(g.workspace_id)
    AND COALESCE(d.endpoint_id, o.endpoint_id) IS NOT NULL
), known AS (
  SELECT *, MAX(is_gateway) OVER (PARTITION BY workspace_id, id) AS in_gateway
  FROM calls
), days AS (
  SELECT day, workspace_id, endpoint_id, COUNT(*) AS requests, SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS failed,
         SUM(CASE WHEN status_code = 429 THEN 1 ELSE 0 END) AS refused,
         SUM(CASE WHEN status_code BETWEEN 400 AND 499 AND status_code <> 429 THEN 1 ELSE 0 END) AS caller_errors,
         SUM(COALESCE(input_tokens, 0)) AS input_tokens, SUM(COALESCE(output_tokens, 0)) AS output_tokens,
         SUM(CASE WHEN COALESCE(input_tokens, output_tokens) IS NOT NULL THEN 1 ELSE 0 END) AS counted, COUNT(latency) AS timed,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY latency) AS median, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency) AS slow
  FROM known
  WHERE is_gateway = 1 OR in_gateway = 0 OR id IS NULL
  GROUP BY GROUPING SETS ((day), (day, workspace_id, endpoint_id))
), ranked AS (
  SELECT *, DENSE_RANK() OVER (ORDER BY all_requests DESC, workspace_id, endpoint_id) AS place
  FROM (SELECT *, CASE WHEN endpoint_id IS NOT NULL THEN SUM(requests) OVER (PARTITION BY workspace_id, endpoint_id) END AS all_requests FROM days) summed
)
SELECT r.day, r.workspace_id, r.endpoint_id, CASE WHEN r.endpoint_id IS NOT NULL THEN COALESCE(e.endpoint, 'not listed') END AS endpoint,
       r.requests, r.failed, r.refused, r.caller_errors, r.input_tokens, r.output_tokens, r.counted, r.timed, r.median, r.slow
FROM ranked r
LEFT JOIN endpoints e ON e.workspace_id = r.workspace_id AND e.endpoint_id = r.endpoint_id
WHERE r.endpoint_id IS NULL OR r.place <= :limit
ORDER BY r.day, r.requests DESC, r.workspace_id NULLS FIRST, r.endpoint_id
