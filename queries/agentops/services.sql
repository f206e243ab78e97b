-- question: Which agents and models behind the gateway are refused, fail, fall back or have become slow?
-- params: {start: date, split: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, service]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   service: text  Agent or model
--   calls: count  Calls
--   callers: count  Callers
--   refused: share  Refused
--   refused_before: share
--   failed: share  Failed
--   failed_before: share
--   fell_back: share  Fell back
--   fell_back_before: share
--   latency: seconds  Typical answer
--   latency_before: seconds  Before
--   tokens: tokens  Tokens
-- things: {service: [gateway, workspace_id, service], workspace: workspace}
-- ttl: 1h
-- uses: [workspaces]
-- note: >
--   Calls from :split to :end against those from :start to :split (before), of the gateway's services. Refused is 429, failed 500 and above;
--   what the caller did wrong (other 4xx) is neither. Fell back: more than one attempt. The typical answer is the median of calls of models
--   that were answered. MCP handshakes are no calls, calls of tools are. Endpoints that are called past the gateway leave nothing here.
WITH calls AS (
  SELECT workspace_id, COALESCE(service_name, endpoint_name) AS service, folded(requester) AS caller, status_code, latency_ms,
         COALESCE(total_tokens, 0) AS tokens, event_time >= CAST(:split AS TIMESTAMP) AS is_new,
         mcp_metadata.json_rpc_method IS NULL AS is_model, size(routing_information.attempts) > 1 AS is_second
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end
    AND (mcp_metadata.json_rpc_method IS NULL OR mcp_metadata.json_rpc_method = 'tools/call')
    AND COALESCE(service_name, endpoint_name) IS NOT NULL AND in_workspaces(workspace_id)
), counted AS (
  SELECT workspace_id, service, SUM(CASE WHEN is_new THEN 1 ELSE 0 END) AS calls, SUM(CASE WHEN is_new THEN 0 ELSE 1 END) AS old_calls,
         COUNT(DISTINCT CASE WHEN is_new THEN caller END) AS callers,
         SUM(CASE WHEN is_new AND status_code = 429 THEN 1 ELSE 0 END) AS refused,
         SUM(CASE WHEN NOT is_new AND status_code = 429 THEN 1 ELSE 0 END) AS old_refused,
         SUM(CASE WHEN is_new AND status_code >= 500 THEN 1 ELSE 0 END) AS failed,
         SUM(CASE WHEN NOT is_new AND status_code >= 500 THEN 1 ELSE 0 END) AS old_failed,
         SUM(CASE WHEN is_new AND is_model THEN 1 ELSE 0 END) AS models, SUM(CASE WHEN NOT is_new AND is_model THEN 1 ELSE 0 END) AS old_models,
         SUM(CASE WHEN is_new AND is_model AND is_second THEN 1 ELSE 0 END) AS second,
         SUM(CASE WHEN NOT is_new AND is_model AND is_second THEN 1 ELSE 0 END) AS old_second,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN is_new AND is_model AND status_code < 400 THEN latency_ms END) AS latency,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY CASE WHEN NOT is_new AND is_model AND status_code < 400 THEN latency_ms END) AS old_latency,
         SUM(CASE WHEN is_new THEN tokens ELSE 0 END) AS tokens
  FROM calls
  GROUP BY workspace_id, service
)
SELECT c.workspace_id, known_name(s.workspace_name) AS workspace, c.service, c.calls, c.callers,
       try_divide(CAST(c.refused AS DOUBLE), c.calls) AS refused, try_divide(CAST(c.old_refused AS DOUBLE), c.old_calls) AS refused_before,
       try_divide(CAST(c.failed AS DOUBLE), c.calls) AS failed, try_divide(CAST(c.old_failed AS DOUBLE), c.old_calls) AS failed_before,
       try_divide(CAST(c.second AS DOUBLE), c.models) AS fell_back, try_divide(CAST(c.old_second AS DOUBLE), c.old_models) AS fell_back_before,
       CAST(c.latency AS DOUBLE) / 1000D AS latency, CAST(c.old_latency AS DOUBLE) / 1000D AS latency_before, c.tokens
FROM counted c
LEFT JOIN workspaces s ON s.workspace_id = c.workspace_id
ORDER BY c.calls + c.old_calls DESC, c.workspace_id, c.service
LIMIT :limit
