-- question: How many tokens has each caller used of each agent or model this month and in the four weeks before, and what do providers ask for it?
-- params: {start: date, split: date, end: date, workspaces: text, limit: integer}
-- grain: [caller, workspace_id, family, thing_id]
-- columns:
--   caller: text  Caller
--   workspace_id: text
--   family: text
--   thing_id: text
--   service: text  Agent or model
--   tokens: tokens  Tokens
--   today: tokens
--   weekdays: tokens
--   weekends: tokens
--   calls: count  Calls
--   uncounted: count  Calls without a count
--   hosted: tokens  Of models hosted here
--   past: tokens  Past the gateway
--   cost: money  Providers' list, USD
--   known_from: date
--   pairs: count
--   whole: tokens
-- things: {caller: [principal, caller], service: [=family, workspace_id, thing_id]}
-- ttl: 1h
-- optional: [system.ai_gateway.external_model_spend, system.serving.endpoint_usage, system.serving.served_entities]
-- note: >
--   Calls of language models from :split to :end, by UTC day. today is the last of these days, weekdays and weekends are the tokens of
--   the 28 days before it, for what is to come; known_from is the first day that has any. Input and output together; the cached part is within the input, a
--   retry is a call. past: asked of a serving endpoint past the gateway; a call that both tables know (by request id) is the gateway's, and
--   counts once. cost is what external_model_spend estimates in USD at the provider's list prices, of calls of external models
--   that name a service; Databricks's bill of the models that it hosts names no caller, so hosted is how many tokens of them have no
--   money here. A service NULL: the call named none. A shared account is one caller. pairs and whole count all rows and their tokens.
WITH entities AS (
  SELECT workspace_id, served_entity_id, MAX(struct(change_time, endpoint_id, endpoint_name)) AS newest
  FROM system.serving.served_entities
  WHERE entity_type IN ('FOUNDATION_MODEL', 'EXTERNAL_MODEL') OR task LIKE 'llm/%'
  GROUP BY workspace_id, served_entity_id
), calls AS (
  SELECT workspace_id, COALESCE(request_id, invocation_id) AS id, to_date(event_time) AS day, folded(requester) AS caller, 'gateway' AS family,
         COALESCE(service_name, endpoint_name) AS thing_id, COALESCE(service_name, endpoint_name) AS service,
         COALESCE(total_tokens, COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0)) AS tokens,
         CASE WHEN contains(upper(COALESCE(destination_type, '')), 'EXTERNAL') THEN 0 ELSE 1 END AS is_hosted,
         CASE WHEN total_tokens IS NULL AND input_tokens IS NULL AND output_tokens IS NULL AND status_code < 400 THEN 1 ELSE 0 END AS is_uncounted,
         0 AS is_past
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end AND mcp_metadata.json_rpc_method IS NULL AND requester IS NOT NULL AND in_workspaces(workspace_id)
  UNION ALL
  SELECT u.workspace_id, u.databricks_request_id AS id, to_date(u.request_time) AS day, folded(u.requester) AS caller, 'endpoint' AS family,
         e.newest.endpoint_id AS thing_id, e.newest.endpoint_name AS service, COALESCE(u.input_token_count, 0) + COALESCE(u.output_token_count, 0) AS tokens,
         1 AS is_hosted, CASE WHEN u.input_token_count IS NULL AND u.output_token_count IS NULL AND u.status_code < 400 THEN 1 ELSE 0 END AS is_uncounted,
         1 AS is_past
  FROM system.serving.endpoint_usage u
  JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= :start AND u.request_time < :end AND u.requester IS NOT NULL AND in_workspaces(u.workspace_id)
), known AS (
  SELECT *, MIN(is_past) OVER (PARTITION BY workspace_id, id) AS is_alone
  FROM calls
), parts AS (
  SELECT caller, workspace_id, family, thing_id, service, day, SUM(tokens) AS tokens, COUNT(*) AS calls, SUM(is_uncounted) AS uncounted,
         SUM(is_hosted * tokens) AS hosted, SUM(is_past * tokens) AS past, CAST(NULL AS DECIMAL(38, 18)) AS cost
  FROM known
  WHERE is_past = 0 OR is_alone = 1
  GROUP BY caller, workspace_id, family, thing_id, service, day
  UNION ALL
  SELECT folded(identity_metadata.run_by) AS caller, workspace_id, 'gateway' AS family, usage_metadata.endpoint_name AS thing_id,
         usage_metadata.endpoint_name AS service, usage_date AS day, 0 AS tokens, 0 AS calls, 0 AS uncounted, 0 AS hosted, 0 AS past,
         SUM(exact(usage_quantity)) AS cost
  FROM system.ai_gateway.external_model_spend
  WHERE usage_date >= :split AND usage_date < :end AND NULLIF(folded(identity_metadata.run_by), '') IS NOT NULL AND in_workspaces(workspace_id)
  GROUP BY folded(identity_metadata.run_by), workspace_id, usage_metadata.endpoint_name, usage_date
), summed AS (
  SELECT caller, workspace_id, family, thing_id, MAX(service) AS service, SUM(CASE WHEN day >= :split THEN tokens ELSE 0 END) AS tokens,
         SUM(CASE WHEN day = date_sub(:end, 1) THEN tokens ELSE 0 END) AS today,
         SUM(CASE WHEN day >= date_sub(:end, 29) AND day < date_sub(:end, 1) AND dayofweek(day) BETWEEN 2 AND 6 THEN tokens ELSE 0 END) AS weekdays,
         SUM(CASE WHEN day >= date_sub(:end, 29) AND day < date_sub(:end, 1) AND dayofweek(day) IN (1, 7) THEN tokens ELSE 0 END) AS weekends,
         SUM(CASE WHEN day >= :split THEN calls ELSE 0 END) AS calls, SUM(CASE WHEN day >= :split THEN uncounted ELSE 0 END) AS uncounted,
         SUM(CASE WHEN day >= :split THEN hosted ELSE 0 END) AS hosted, SUM(CASE WHEN day >= :split THEN past ELSE 0 END) AS past,
         SUM(cost) AS cost, MIN(CASE WHEN calls > 0 THEN day END) AS first_day
  FROM parts
  GROUP BY caller, workspace_id, family, thing_id
)
SELECT caller, workspace_id, family, thing_id, service, tokens, today, weekdays, weekends, calls, uncounted, hosted, past, cost,
       MIN(first_day) OVER () AS known_from, COUNT(*) OVER () AS pairs, SUM(tokens) OVER () AS whole
FROM summed
ORDER BY tokens DESC, weekdays + weekends DESC, caller, workspace_id, family, thing_id
LIMIT :limit
