-- question: How is a service of the gateway called, day by day, and how do its calls end?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, gateway_id: text}
-- grain: [day, ended]
-- columns:
--   day: date  Day
--   ended: code  Ended
--   calls: count  Calls
--   callers: count  Callers
--   tokens: tokens  Tokens
-- ttl: 30m
-- note: >
--   Calls that the gateway records under the service's name (or, before there were services, its endpoint's), by UTC day: ANSWERED,
--   REFUSED (429), CALLERS_MISTAKE (other 4xx) and FAILED (500 and above). Handshakes of MCP are no calls, calls of tools are. A caller
--   counts once for each day and way to end. Retries are calls.
SELECT to_date(event_time) AS day,
       CASE WHEN status_code >= 500 THEN 'FAILED' WHEN status_code = 429 THEN 'REFUSED' WHEN status_code >= 400 THEN 'CALLERS_MISTAKE' ELSE 'ANSWERED' END AS ended,
       COUNT(*) AS calls, COUNT(DISTINCT folded(requester)) AS callers, SUM(COALESCE(total_tokens, 0)) AS tokens
FROM system.ai_gateway.usage
WHERE event_time >= :start AND event_time < :end AND workspace_id = :workspace_id AND COALESCE(service_name, endpoint_name) = :gateway_id
  AND (mcp_metadata.json_rpc_method IS NULL OR mcp_metadata.json_rpc_method = 'tools/call') AND in_workspaces(workspace_id)
GROUP BY to_date(event_time),
       CASE WHEN status_code >= 500 THEN 'FAILED' WHEN status_code = 429 THEN 'REFUSED' WHEN status_code >= 400 THEN 'CALLERS_MISTAKE' ELSE 'ANSWERED' END
ORDER BY day, ended
