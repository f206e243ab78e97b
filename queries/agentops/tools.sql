-- question: How often is each tool of an agent called, how often does it fail, and is it called over and over?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, hour, source, workspace_id, service, tool]
-- columns:
--   day: date  Day
--   hour: time
--   source: code  Known by
--   workspace_id: text
--   service: text  Agent or service
--   tool: text  Tool
--   calls: count  Calls
--   failed: count  Failed
--   refused: count  Refused
--   wrong: count  Callers' mistakes
--   repeats: count  Most in one session
--   loops: count  Loops
--   trace: text
-- things: {service: [gateway, workspace_id, service]}
-- ttl: 1h
-- uses: [endpoint_names]
-- optional: [system.ai_gateway.usage, system.mlflow.trace_unified]
-- note: >
--   By UTC day, and in the two days before :end by hour: GATEWAY are calls of tools by MCP through the gateway, TRACE are steps of the sort TOOL in MLflow's traces; a call that both know
--   stands in both, so the two are never added. Failed is 500 and above, or a step that ended in an error; refused is 429, wrong are other 4xx, which is the caller's.
--   repeats and loops are of the sessions that began then (the session that the request's tags name, else the turn; a
--   trace). A loop: 50 calls of one tool in a session and ten times as many as in its other sessions. A retry is a call; with which
--   arguments is in no table. trace is the newest that failed, by the gateway the id of its request. The workspace
--   of a trace is that of the endpoint that alone has its agent's name, else NULL.
WITH known AS (
  SELECT endpoint_name, MAX(workspace_id) AS workspace_id
  FROM endpoint_names
  GROUP BY endpoint_name
  HAVING COUNT(*) = 1
), steps AS (
  SELECT trace_id, agent, at, step.name AS tool, CASE WHEN step.status.code LIKE '%ERROR%' THEN 1 ELSE 0 END AS failed
  FROM (
    SELECT trace_id, COALESCE(NULLIF(trace_metadata['mlflow.databricks.modelServingEndpointName'], ''), tags['mlflow.traceName'], 'unnamed') AS agent,
           request_time AS at, filter(spans, s -> replace(s.attributes['mlflow.spanType'], '"', '') = 'TOOL') AS tools
    FROM system.mlflow.trace_unified
    WHERE request_time >= :start AND request_time < :end
  ) traces
  LATERAL VIEW explode(tools) e AS step
), calls AS (
  SELECT 'GATEWAY' AS source, workspace_id, COALESCE(service_name, endpoint_name) AS service, tool, event_time AS at,
         COALESCE(request_id, invocation_id) AS ident,
         COALESCE(tag, request_id, invocation_id) AS session, CASE WHEN status_code >= 500 THEN 1 ELSE 0 END AS failed,
         CASE WHEN status_code = 429 THEN 1 ELSE 0 END AS refused, CASE WHEN status_code BETWEEN 400 AND 499 AND status_code <> 429 THEN 1 ELSE 0 END AS wrong
  FROM (
    SELECT workspace_id, service_name, endpoint_name, event_time, status_code, request_id, invocation_id, mcp_metadata.tool_name AS tool,
           array_min(filter(transform(filter(map_entries(request_tags),
             e -> keyed(e.key) IN ('session', 'sessionid', 'conversationid', 'threadid')), e -> tidied(e.value)), v -> v <> '')) AS tag
    FROM system.ai_gateway.usage
    WHERE event_time >= :start AND event_time < :end AND mcp_metadata.json_rpc_method = 'tools/call' AND mcp_metadata.tool_name IS NOT NULL
      AND COALESCE(service_name, endpoint_name) IS NOT NULL AND in_workspaces(workspace_id)
  ) tagged
  UNION ALL
  SELECT 'TRACE' AS source, k.workspace_id, t.agent AS service, t.tool, t.at, t.trace_id AS ident, t.trace_id AS session, t.failed, 0 AS refused, 0 AS wrong
  FROM steps t
  LEFT JOIN known k ON k.endpoint_name = t.agent
  WHERE in_workspaces(k.workspace_id)
), counted AS (
  SELECT source, workspace_id, service, tool, session, day, hour, COUNT(*) AS calls, SUM(failed) AS failed, SUM(refused) AS refused,
         SUM(wrong) AS wrong, MAX(CASE WHEN failed = 1 THEN struct(at, ident) END) AS newest
  FROM (
    SELECT *, to_date(at) AS day, CASE WHEN at >= date_sub(:end, 2) THEN date_trunc('HOUR', at) END AS hour
    FROM calls
  ) timed
  GROUP BY source, workspace_id, service, tool, session, day, hour
), placed AS (
  SELECT *, SUM(calls) OVER (PARTITION BY source, workspace_id, service, tool, session) AS in_session,
         CASE WHEN ROW_NUMBER() OVER (PARTITION BY source, workspace_id, service, tool, session ORDER BY day, hour) = 1 THEN 1 ELSE 0 END AS is_first,
         SUM(calls) OVER (PARTITION BY source, workspace_id, service, tool) AS whole
  FROM counted
), weighed AS (
  SELECT *, SUM(is_first) OVER (PARTITION BY source, workspace_id, service, tool) AS sessions
  FROM placed
)
SELECT day, hour, source, workspace_id, service, tool, SUM(calls) AS calls, SUM(failed) AS failed, SUM(refused) AS refused, SUM(wrong) AS wrong,
       MAX(is_first * in_session) AS repeats,
       SUM(CASE WHEN is_first = 1 AND in_session >= 50 AND in_session >= 10 * try_divide(CAST(whole - in_session AS DOUBLE), sessions - 1) THEN 1 ELSE 0 END) AS loops,
       MAX(newest).ident AS trace
FROM weighed
GROUP BY day, hour, source, workspace_id, service, tool
ORDER BY day, hour, source, service, tool, workspace_id
