-- question: Who asks this serving endpoint, how often, and how do their requests end?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, endpoint_id: text, limit: integer}
-- grain: [caller]
-- columns:
--   caller: text  Who
--   requests: count  Requests
--   part: share  Of all
--   failed: count  Failed
--   throttled: count  Throttled
--   refused: count  Refused  (their own mistake, a status of 400 to 499 that is not 429)
--   input_tokens: tokens  Tokens in
--   cached_tokens: tokens  Of them from the cache
--   output_tokens: tokens  Tokens out
--   last_request: time  Last asked
-- things: {caller: [principal, caller]}
-- ttl: 30m
-- optional: [system.serving.endpoint_usage, system.serving.served_entities, system.ai_gateway.usage]
-- note: >
--   Requests by endpoint_usage and calls by the AI gateway, which are not in the former, without the protocol's own, as in
--   things.endpoint_requests. Tokens from the cache are a part of those that went in, never besides; what a model thinks for
--   itself is among those that came out. A caller who is not recorded is NULL.
WITH entities AS (
  SELECT DISTINCT served_entity_id
  FROM system.serving.served_entities
  WHERE workspace_id = :workspace_id AND (endpoint_id = :endpoint_id OR endpoint_name = :endpoint_id)
), asked AS (
  SELECT NULLIF(folded(u.requester), '') AS caller, u.status_code, COALESCE(u.input_token_count, 0) AS input_tokens,
         CAST(0 AS BIGINT) AS cached_tokens, COALESCE(u.output_token_count, 0) AS output_tokens, u.request_time AS asked_at
  FROM system.serving.endpoint_usage u
  JOIN entities e ON e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= :start AND u.request_time < :end AND u.workspace_id = :workspace_id AND in_workspaces(u.workspace_id)
  UNION ALL
  SELECT NULLIF(folded(requester), '') AS caller, status_code, COALESCE(input_tokens, 0) AS input_tokens,
         COALESCE(token_details.cache_read_input_tokens, 0) AS cached_tokens, COALESCE(output_tokens, 0) AS output_tokens,
         event_time AS asked_at
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end AND workspace_id = :workspace_id AND in_workspaces(workspace_id)
    AND (endpoint_id = :endpoint_id OR destination_id = :endpoint_id)
    AND COALESCE(mcp_metadata.json_rpc_method, 'tools/call') = 'tools/call'
)
SELECT caller, COUNT(*) AS requests, try_divide(CAST(COUNT(*) AS DOUBLE), SUM(COUNT(*)) OVER ()) AS part,
       SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS failed, SUM(CASE WHEN status_code = 429 THEN 1 ELSE 0 END) AS throttled,
       SUM(CASE WHEN status_code BETWEEN 400 AND 499 AND status_code <> 429 THEN 1 ELSE 0 END) AS refused,
       SUM(input_tokens) AS input_tokens, SUM(cached_tokens) AS cached_tokens, SUM(output_tokens) AS output_tokens,
       MAX(asked_at) AS last_request
FROM asked
GROUP BY caller
ORDER BY requests DESC, caller
LIMIT :limit
