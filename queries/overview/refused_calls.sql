-- question: Whose calls did the gateway refuse, or answer with a failure?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [who]
-- columns:
--   who: text  Who
--   value: count  Refused or failed
--   calls: count  Calls
--   share: ratio  Share
-- things: {who: [principal, who]}
-- ttl: 1h
-- note: >
--   What overview.agentops counts by day, by person or service: calls answered 429 or 500 and above, one per
--   invocation_id; MCP protocol messages that call no tool are left out. The :limit with most.
SELECT folded(requester) AS who,
       COUNT(DISTINCT CASE WHEN status_code = 429 OR status_code >= 500 THEN COALESCE(invocation_id, request_id) END) AS value,
       COUNT(DISTINCT COALESCE(invocation_id, request_id)) AS calls,
       try_divide(CAST(COUNT(DISTINCT CASE WHEN status_code = 429 OR status_code >= 500 THEN COALESCE(invocation_id, request_id) END) AS DOUBLE),
                  COUNT(DISTINCT COALESCE(invocation_id, request_id))) AS share
FROM system.ai_gateway.usage
WHERE event_time >= :start AND event_time < :end
  AND (mcp_metadata.json_rpc_method IS NULL OR mcp_metadata.json_rpc_method = 'tools/call')
  AND in_workspaces(workspace_id)
GROUP BY folded(requester)
HAVING COUNT(DISTINCT CASE WHEN status_code = 429 OR status_code >= 500 THEN COALESCE(invocation_id, request_id) END) > 0
ORDER BY value DESC, calls, who
LIMIT :limit
