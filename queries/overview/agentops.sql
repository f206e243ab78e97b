-- question: >
--   Which share of gateway calls was refused or failed, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day]
-- columns:
--   day: date
--   value: ratio  Share of gateway calls refused
--   calls: count
--   tokens: tokens
-- ttl: 1h
-- note: >
--   Calls answered 429 or 500 and above, one per invocation_id; MCP protocol messages that call no tool are left
--   out.
SELECT to_date(event_time) AS day,
       try_divide(CAST(COUNT(DISTINCT CASE WHEN status_code = 429 OR status_code >= 500 THEN COALESCE(invocation_id, request_id) END) AS DOUBLE),
                  COUNT(DISTINCT COALESCE(invocation_id, request_id))) AS value,
       COUNT(DISTINCT COALESCE(invocation_id, request_id)) AS calls, SUM(COALESCE(total_tokens, 0)) AS tokens
FROM system.ai_gateway.usage
WHERE event_time >= :start AND event_time < :end
  AND (mcp_metadata.json_rpc_method IS NULL OR mcp_metadata.json_rpc_method = 'tools/call')
  AND in_workspaces(workspace_id)
GROUP BY to_date(event_time)
ORDER BY day
