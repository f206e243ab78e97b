-- question: Which calls of models name a governed service, which do not, and which go past the gateway?
-- params: {start: date, end: date, workspaces: text}
-- grain: [sort, client, path, model]
-- columns:
--   sort: code  Who
--   client: text  Client
--   path: code  Path
--   model: text  Model
--   calls: count  Calls
--   callers: count  Callers
--   tokens: tokens  Tokens
-- ttl: 1h
-- uses: [model_calls]
-- optional: [system.serving.endpoint_usage, system.serving.served_entities]
-- note: >
--   Calls of language models. Path: SERVICE names a service of the gateway, NO_SERVICE goes through the gateway and names none,
--   PAST_GATEWAY asked a serving endpoint of a language model. A call that both tables know (by request id) is the gateway's, and
--   counts once; an endpoint that it leads to has no call of its own. Coding agents are known by their user agent, which
--   endpoint_usage has not: past the gateway they are people. What goes from a laptop straight to a provider is in no table.
--   MCP messages are no calls of models.
WITH entities AS (
  SELECT workspace_id, served_entity_id, MAX(entity_name) AS model
  FROM system.serving.served_entities
  WHERE entity_type IN ('FOUNDATION_MODEL', 'EXTERNAL_MODEL') OR task LIKE 'llm/%'
  GROUP BY workspace_id, served_entity_id
), calls AS (
  SELECT workspace_id, id, caller, requester_type, client, CASE WHEN service_name IS NOT NULL THEN 'SERVICE' ELSE 'NO_SERVICE' END AS path, model, tokens
  FROM model_calls
  WHERE event_time >= :start AND event_time < :end
  UNION ALL
  SELECT u.workspace_id, u.databricks_request_id AS id, folded(u.requester) AS caller,
         CASE WHEN contains(u.requester, '@') THEN 'USER' ELSE 'SERVICE_PRINCIPAL' END AS requester_type, NULL AS client, 'PAST_GATEWAY' AS path,
         e.model, COALESCE(u.input_token_count, 0) + COALESCE(u.output_token_count, 0) AS tokens
  FROM system.serving.endpoint_usage u
  JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= :start AND u.request_time < :end AND in_workspaces(u.workspace_id)
), known AS (
  SELECT *, MIN(CASE WHEN path = 'PAST_GATEWAY' THEN 1 ELSE 0 END) OVER (PARTITION BY workspace_id, id) AS is_alone
  FROM calls
)
SELECT CASE WHEN client IS NOT NULL THEN 'CODING_AGENT' WHEN requester_type = 'USER' THEN 'PERSON' ELSE 'SERVICE_PRINCIPAL' END AS sort,
       client, path, model, COUNT(*) AS calls, COUNT(DISTINCT caller) AS callers, SUM(tokens) AS tokens
FROM known
WHERE path <> 'PAST_GATEWAY' OR is_alone = 1
GROUP BY CASE WHEN client IS NOT NULL THEN 'CODING_AGENT' WHEN requester_type = 'USER' THEN 'PERSON' ELSE 'SERVICE_PRINCIPAL' END, client, path, model
ORDER BY calls DESC, sort, client, path, model
