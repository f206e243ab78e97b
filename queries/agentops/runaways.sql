-- question: Who uses far more tokens of an agent than others, or calls one tool again and again?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [day, workspace_id, service, caller]
-- columns:
--   day: date  Day
--   workspace_id: text
--   service: text  Agent or model
--   caller: text  Caller
--   tokens: tokens  Tokens
--   usual: number
--   times: number  Times the usual
--   tool: text  Most called tool
--   repeats: count  Calls of it in an hour
--   calls: count  Calls
--   from_time: time  First call
--   to_time: time  Last call
-- things: {service: [gateway, workspace_id, service], caller: [principal, caller]}
-- ttl: 1h
-- note: >
--   A day of a caller with ten times the usual tokens of the agent and 100,000 at least, or with a tool called a hundred times in
--   one hour. Usual is what nine of ten days of callers of the agent stay below: where programs call beside people, these have
--   ten times the mean every day. Handshakes of MCP call no tool. A retry of a call is a call.
WITH hours AS (
  SELECT to_date(event_time) AS day, date_trunc('HOUR', event_time) AS hour, workspace_id, COALESCE(service_name, endpoint_name) AS service,
         folded(requester) AS caller, mcp_metadata.tool_name AS tool, COUNT(*) AS calls, SUM(COALESCE(total_tokens, 0)) AS tokens,
         MIN(event_time) AS from_time, MAX(event_time) AS to_time
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end
    AND (mcp_metadata.json_rpc_method IS NULL OR mcp_metadata.json_rpc_method = 'tools/call')
    AND COALESCE(service_name, endpoint_name) IS NOT NULL AND requester IS NOT NULL AND in_workspaces(workspace_id)
  GROUP BY to_date(event_time), date_trunc('HOUR', event_time), workspace_id, COALESCE(service_name, endpoint_name), folded(requester),
           mcp_metadata.tool_name
), days AS (
  SELECT day, workspace_id, service, caller, SUM(tokens) AS tokens, SUM(calls) AS calls, MIN(from_time) AS from_time, MAX(to_time) AS to_time,
         max(struct(CASE WHEN tool IS NULL THEN 0 ELSE calls END AS repeats, COALESCE(tool, '') AS tool)) AS most
  FROM hours
  GROUP BY day, workspace_id, service, caller
), placed AS (
  SELECT *, PERCENT_RANK() OVER (PARTITION BY workspace_id, service ORDER BY tokens) AS place, COUNT(*) OVER (PARTITION BY workspace_id, service) AS alike
  FROM days
), weighed AS (
  SELECT *, CASE WHEN alike > 1 THEN CAST(MAX(CASE WHEN place <= 0.9 THEN tokens END) OVER (PARTITION BY workspace_id, service) AS DOUBLE) END AS usual
  FROM placed
)
SELECT day, workspace_id, service, caller, tokens, usual, try_divide(CAST(tokens AS DOUBLE), usual) AS times,
       NULLIF(most.tool, '') AS tool, most.repeats AS repeats, calls, from_time, to_time
FROM weighed
WHERE (tokens >= 100000 AND tokens >= 10 * usual) OR most.repeats >= 100
ORDER BY GREATEST(COALESCE(try_divide(CAST(tokens AS DOUBLE), usual), 0D) / 10D, CAST(most.repeats AS DOUBLE) / 100D) DESC, day DESC, workspace_id, service, caller
LIMIT :limit
