-- note: >
--   Calls of models through the gateway, MCP messages left out, with the coding agent (client) that the user agent names; NULL
--   for others. Bound event_time in the query that reads this.
SELECT workspace_id, COALESCE(request_id, invocation_id) AS id, event_time, folded(requester) AS caller, requester_type, service_name,
       destination_model AS model, COALESCE(total_tokens, 0) AS tokens,
       CASE WHEN contains(folded(user_agent), 'claude') THEN 'Claude' WHEN contains(folded(user_agent), 'cursor') THEN 'Cursor'
            WHEN contains(folded(user_agent), 'codex') THEN 'Codex' WHEN contains(folded(user_agent), 'copilot') THEN 'Copilot'
            WHEN contains(folded(user_agent), 'gemini-cli') THEN 'Gemini' END AS client
FROM system.ai_gateway.usage
WHERE mcp_metadata.json_rpc_method IS NULL AND in_workspaces(workspace_id)
