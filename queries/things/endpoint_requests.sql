-- question: How often is this serving endpoint asked, how many requests fail, and how long do they take?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, endpoint_id: text}
-- grain: [day, source]
-- columns:
--   day: date  Day
--   source: text  By
--   requests: count  Requests
--   failed: count  Failed
--   throttled: count  Throttled
--   tokens: count  Tokens
--   people: count  People and services
--   median: seconds  Half took less than
--   slow: seconds  One of twenty took longer than
-- ttl: 30m
-- optional: [system.serving.endpoint_usage, system.serving.served_entities, system.ai_gateway.usage]
-- note: >
--   By UTC day. source is 'endpoint' for requests that endpoint_usage keeps of endpoints whose usage is tracked, by the
--   entities that it serves or served; 'gateway' for calls that the AI gateway served by it or sent to it, which are not in
--   the former, without the protocol's own. failed is a status of 500 and above, throttled 429. Only the gateway records
--   how long a request takes: NULL elsewhere. No row is no record, not no use.
WITH entities AS (
  SELECT DISTINCT served_entity_id
  FROM system.serving.served_entities
  WHERE workspace_id = :workspace_id AND (endpoint_id = :endpoint_id OR endpoint_name = :endpoint_id)
), asked AS (
  SELECT to_date(u.request_time) AS day, 'endpoint' AS source, u.status_code, folded(u.requester) AS requester,
         COALESCE(u.input_token_count, 0) + COALESCE(u.output_token_count, 0) AS tokens, CAST(NULL AS DOUBLE) AS latency
  FROM system.serving.endpoint_usage u
  JOIN entities e ON e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= :start AND u.request_time < :end AND u.workspace_id = :workspace_id AND in_workspaces(u.workspace_id)
  UNION ALL
  SELECT to_date(event_time) AS day, 'gateway' AS source, status_code, folded(requester) AS requester,
         COALESCE(total_tokens, 0) AS tokens, CAST(latency_ms AS DOUBLE) / 1000D AS latency
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end AND workspace_id = :workspace_id AND in_workspaces(workspace_id)
    AND (endpoint_id = :endpoint_id OR destination_id = :endpoint_id)
    AND COALESCE(mcp_metadata.json_rpc_method, 'tools/call') = 'tools/call'
)
SELECT day, source, COUNT(*) AS requests, SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS failed,
       SUM(CASE WHEN status_code = 429 THEN 1 ELSE 0 END) AS throttled, SUM(tokens) AS tokens,
       COUNT(DISTINCT requester) AS people,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY latency) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY latency) AS slow
FROM asked
GROUP BY day, source
ORDER BY day, source
