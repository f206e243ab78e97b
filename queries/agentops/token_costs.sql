-- question: What do the answers of each agent cost, and which tokens are they made of?
-- params: {start: date, end: date, now: time, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, service, model, payee, part]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   service: text  Agent or model
--   model: text  Model
--   payee: code  Whose prices
--   part: code  For
--   unit: text
--   cost: money  Cost
--   unsplit: money  Of it without tokens
--   answers: count  Answers
--   unbilled: count  Answers without a bill
--   uncounted: count  Calls without a count
--   fresh: tokens  Fresh input
--   cache_write: tokens  Written to a cache
--   cache_read: tokens  Read from a cache
--   output: tokens  Output
-- things: {service: [gateway, workspace_id, service], workspace: workspace}
-- ttl: 1h
-- uses: [prices, workspaces]
-- optional: [system.ai_gateway.external_model_spend]
-- note: >
--   Of days whose bill is complete. Two kinds of money that are never added: PROVIDER is external_model_spend, an estimate in
--   USD at the provider's list prices, of calls to external models; DATABRICKS is the bill (:currency, :basis): TOKENS of models
--   hosted there, GATEWAY the fee of the gateway, JUDGE evaluation and RETRIEVAL vector search, of the agent that a tag
--   'agent' names, else of none. Tokens stand on the line of their bill, as far as the day has one; what was billed on a day
--   without tokens is unsplit. The cached parts are within the input that is reported: the four classes add up to input and
--   output. An answer is a turn (request_id) that was answered: its retries and second models are no further ones, their
--   tokens count. Endpoints called past the gateway (endpoint_usage) are not here, so that a call that both tables know
--   counts once.
WITH usage AS (
  SELECT to_date(event_time) AS day, workspace_id, COALESCE(endpoint_name, service_name) AS service, COALESCE(destination_model, '') AS model,
         CASE WHEN contains(upper(COALESCE(destination_type, '')), 'EXTERNAL') THEN 'PROVIDER' ELSE 'DATABRICKS' END AS payee,
         CASE WHEN status_code < 400 THEN COALESCE(request_id, invocation_id) END AS turn,
         COALESCE(input_tokens, 0) AS input, COALESCE(output_tokens, 0) AS output,
         LEAST(COALESCE(token_details.cache_creation_input_tokens, 0), COALESCE(input_tokens, 0)) AS written,
         COALESCE(token_details.cache_read_input_tokens, 0) AS cached,
         CASE WHEN input_tokens IS NULL AND output_tokens IS NULL AND status_code < 400 THEN 1 ELSE 0 END AS is_uncounted
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end AND is_complete(to_date(event_time))
    AND mcp_metadata.json_rpc_method IS NULL AND COALESCE(endpoint_name, service_name) IS NOT NULL AND in_workspaces(workspace_id)
), billed AS (
  SELECT usage_date, workspace_id,
         COALESCE(usage_metadata.ai_gateway.endpoint_name, array_min(filter(
           transform(filter(map_entries(custom_tags), e -> keyed(e.key) = 'agent'), e -> tidied(e.value)), v -> v <> ''))) AS service,
         COALESCE(usage_metadata.ai_gateway.destination_model, '') AS model,
         CASE billing_origin_product WHEN 'AGENT_EVALUATION' THEN 'JUDGE' WHEN 'VECTOR_SEARCH' THEN 'RETRIEVAL'
              WHEN 'AI_GATEWAY' THEN 'GATEWAY' ELSE 'TOKENS' END AS part,
         sku_name, cloud, usage_unit, usage_end_time, exact_sum(exact(usage_quantity)) AS quantity
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < :end AND is_complete(usage_date) AND in_workspaces(workspace_id)
    AND (billing_origin_product IN ('AGENT_EVALUATION', 'VECTOR_SEARCH', 'AI_GATEWAY')
      OR usage_metadata.ai_gateway.endpoint_name IS NOT NULL)
  GROUP BY ALL
), days AS (
  SELECT day, workspace_id, service, model, payee, 'TOKENS' AS part, NULL AS cost, COUNT(DISTINCT turn) AS answers,
         SUM(is_uncounted) AS uncounted, SUM(input - written - LEAST(cached, input - written)) AS fresh, SUM(written) AS cache_write,
         SUM(LEAST(cached, input - written)) AS cache_read, SUM(output) AS output
  FROM usage
  GROUP BY day, workspace_id, service, model, payee
  UNION ALL
  SELECT usage_date AS day, workspace_id, usage_metadata.endpoint_name AS service, COALESCE(usage_metadata.model, '') AS model,
         'PROVIDER' AS payee, 'TOKENS' AS part, SUM(exact(usage_quantity)) AS cost, 0 AS answers, 0 AS uncounted, 0 AS fresh,
         0 AS cache_write, 0 AS cache_read, 0 AS output
  FROM system.ai_gateway.external_model_spend
  WHERE usage_date >= :start AND usage_date < :end AND is_complete(usage_date) AND in_workspaces(workspace_id)
  GROUP BY usage_date, workspace_id, usage_metadata.endpoint_name, COALESCE(usage_metadata.model, '')
  UNION ALL
  SELECT b.usage_date AS day, b.workspace_id, b.service, b.model, 'DATABRICKS' AS payee, b.part, SUM(b.quantity * p.price) AS cost,
         0 AS answers, 0 AS uncounted, 0 AS fresh, 0 AS cache_write, 0 AS cache_read, 0 AS output
  FROM billed b
  LEFT JOIN prices p ON in_force(p, b.usage_end_time)
  GROUP BY b.usage_date, b.workspace_id, b.service, b.model, b.part
), met AS (
  SELECT day, workspace_id, service, model, payee, part, SUM(cost) AS cost, SUM(answers) AS answers, SUM(uncounted) AS uncounted,
         SUM(fresh) AS fresh, SUM(cache_write) AS cache_write, SUM(cache_read) AS cache_read, SUM(output) AS output
  FROM days
  GROUP BY day, workspace_id, service, model, payee, part
)
SELECT m.workspace_id, known_name(s.workspace_name) AS workspace, m.service, m.model, m.payee, m.part,
       CASE WHEN m.payee = 'PROVIDER' THEN 'USD' ELSE :currency END AS unit, SUM(m.cost) AS cost,
       SUM(CASE WHEN m.part = 'TOKENS' AND m.fresh + m.cache_write + m.cache_read + m.output = 0 THEN m.cost END) AS unsplit,
       SUM(CASE WHEN m.cost IS NULL THEN 0 ELSE m.answers END) AS answers,
       SUM(CASE WHEN m.cost IS NULL THEN m.answers ELSE 0 END) AS unbilled, SUM(m.uncounted) AS uncounted,
       SUM(CASE WHEN m.cost IS NULL THEN 0 ELSE m.fresh END) AS fresh,
       SUM(CASE WHEN m.cost IS NULL THEN 0 ELSE m.cache_write END) AS cache_write,
       SUM(CASE WHEN m.cost IS NULL THEN 0 ELSE m.cache_read END) AS cache_read,
       SUM(CASE WHEN m.cost IS NULL THEN 0 ELSE m.output END) AS output
FROM met m
LEFT JOIN workspaces s ON s.workspace_id = m.workspace_id
GROUP BY m.workspace_id, s.workspace_name, m.service, m.model, m.payee, m.part
ORDER BY m.payee DESC, cost DESC NULLS LAST, m.workspace_id, m.service, m.model, m.part
