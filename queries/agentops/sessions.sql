-- question: Which sessions of an agent use far more tokens than its others, or call one tool over and over?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, service, session]
-- columns:
--   workspace_id: text
--   service: text  Agent or model
--   session: text  Session
--   is_tagged: flag
--   caller: text  Caller
--   started: time  Began
--   ended: time  Last call
--   calls: count  Calls
--   tokens: tokens  Tokens
--   usual: number
--   times: number  Times the usual
--   tool: text  Most called tool
--   repeats: count  Calls of it
--   verdict: code  Verdict
--   sessions: count
--   untagged: count
--   runaways: count
--   loops: count
-- things: {service: [gateway, workspace_id, service], caller: [principal, caller]}
-- ttl: 1h
-- note: >
--   Calls of the gateway by the session that their request's tags name (session, session_id, conversation_id or thread_id, however
--   spelt); where none is named, by the turn (request_id). Usual is what nine of ten sessions of the agent stay below: sessions of one agent
--   differ by far, so that ten times their mean is reached by ordinary ones. RUNAWAY: ten times the usual, and 100,000 tokens at
--   least. LOOP: one tool called 50 times, and ten times as often as in its other sessions: with which arguments is in no table. A
--   retry is a call. Handshakes of MCP call no tool. The worst first; sessions, untagged, runaways and loops count them all.
WITH tools AS (
  SELECT workspace_id, COALESCE(service_name, endpoint_name) AS service, session, mcp_metadata.tool_name AS tool,
         MAX(CASE WHEN tag IS NULL THEN 0 ELSE 1 END) AS is_tagged, MAX(folded(requester)) AS caller, COUNT(*) AS calls,
         SUM(COALESCE(total_tokens, 0)) AS tokens, MIN(event_time) AS started, MAX(event_time) AS ended
  FROM (
    SELECT *, COALESCE(tag, request_id, invocation_id) AS session
    FROM (
      SELECT workspace_id, service_name, endpoint_name, requester, total_tokens, event_time, mcp_metadata, request_id, invocation_id,
             array_min(filter(transform(filter(map_entries(request_tags),
               e -> keyed(e.key) IN ('session', 'sessionid', 'conversationid', 'threadid')), e -> tidied(e.value)), v -> v <> '')) AS tag
      FROM system.ai_gateway.usage
      WHERE event_time >= :start AND event_time < :end AND in_workspaces(workspace_id)
        AND (mcp_metadata.json_rpc_method IS NULL OR mcp_metadata.json_rpc_method = 'tools/call')
        AND COALESCE(service_name, endpoint_name) IS NOT NULL
    ) tagged
  ) calls
  GROUP BY workspace_id, COALESCE(service_name, endpoint_name), session, mcp_metadata.tool_name
), whole AS (
  SELECT workspace_id, service, session, MAX(is_tagged) AS is_tagged, MAX(caller) AS caller, SUM(calls) AS calls,
         SUM(tokens) AS tokens, MIN(started) AS started, MAX(ended) AS ended,
         max(struct(CASE WHEN tool IS NULL THEN 0 ELSE calls END AS repeats, COALESCE(tool, '') AS tool)) AS most
  FROM tools
  GROUP BY workspace_id, service, session
), placed AS (
  SELECT *, PERCENT_RANK() OVER (PARTITION BY workspace_id, service ORDER BY tokens) AS place,
         COUNT(*) OVER (PARTITION BY workspace_id, service) AS alike,
         try_divide(CAST(SUM(most.repeats) OVER (PARTITION BY workspace_id, service) - most.repeats AS DOUBLE),
                    COUNT(*) OVER (PARTITION BY workspace_id, service) - 1) AS usual_repeats
  FROM whole
), weighed AS (
  SELECT *, CASE WHEN alike > 1 THEN CAST(MAX(CASE WHEN place <= 0.9 THEN tokens END) OVER (PARTITION BY workspace_id, service) AS DOUBLE) END AS usual
  FROM placed
), judged AS (
  SELECT *, tokens >= 100000 AND tokens >= 10 * usual AS is_runaway, most.repeats >= 50 AND most.repeats >= 10 * usual_repeats AS is_loop
  FROM weighed
)
SELECT workspace_id, service, session, is_tagged = 1 AS is_tagged, caller, started, ended, calls, tokens, usual,
       try_divide(CAST(tokens AS DOUBLE), usual) AS times, NULLIF(most.tool, '') AS tool, most.repeats AS repeats,
       CASE WHEN is_loop THEN 'LOOP' WHEN is_runaway THEN 'RUNAWAY' ELSE 'USUAL' END AS verdict, COUNT(*) OVER () AS sessions,
       SUM(1 - is_tagged) OVER () AS untagged, SUM(CASE WHEN is_runaway THEN 1 ELSE 0 END) OVER () AS runaways,
       SUM(CASE WHEN is_loop THEN 1 ELSE 0 END) OVER () AS loops
FROM judged
ORDER BY CASE WHEN is_loop OR is_runaway THEN 0 ELSE 1 END, tokens DESC, most.repeats DESC, workspace_id, service, session
LIMIT :limit
