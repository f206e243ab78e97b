-- question: What did the endpoints that serve this registered model cost each day, and how were its versions asked?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, model_id: text}
-- grain: [day, version]
-- columns:
--   day: date  Day
--   version: text  Version  (NULL where the row is of the cost)
--   requests: count  Requests
--   failed: count  Failed
--   cost: money  Cost of its endpoints
--   unpriced_rows: count
-- ttl: 30m
-- optional: [system.serving.endpoint_usage]
-- uses: [prices, usage_rows]
-- note: >
--   By UTC day: a row for each version with requests (endpoint_usage), and one for the bill of MODEL_SERVING of all endpoints that serve or
--   served the model from the day on which they first did. An endpoint that serves several models is told whole: its bill has no parts.
WITH entities AS (
  SELECT workspace_id, endpoint_id, served_entity_id, MAX(entity_version) AS version, MIN(change_time) AS since
  FROM system.serving.served_entities
  WHERE entity_type = 'CUSTOM_MODEL' AND folded(entity_name) = folded(:model_id) AND in_workspaces(workspace_id)
  GROUP BY workspace_id, endpoint_id, served_entity_id
), endpoints AS (
  SELECT workspace_id, endpoint_id, MIN(since) AS since
  FROM entities
  GROUP BY workspace_id, endpoint_id
), hours AS (
  SELECT u.usage_date AS day, u.sku_name, u.cloud, u.usage_unit, u.usage_end_time, exact_sum(u.quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_rows u
  JOIN endpoints e ON e.workspace_id = u.workspace_id AND e.endpoint_id = u.resource_id AND u.usage_date >= to_date(e.since)
  WHERE u.usage_date >= :start AND u.usage_date < :end AND u.resource_kind = 'endpoint' AND u.product = 'MODEL_SERVING'
  GROUP BY u.usage_date, u.sku_name, u.cloud, u.usage_unit, u.usage_end_time
)
SELECT to_date(u.request_time) AS day, COALESCE(e.version, '?') AS version, COUNT(*) AS requests,
       SUM(CASE WHEN u.status_code >= 500 THEN 1 ELSE 0 END) AS failed, NULL AS cost, 0 AS unpriced_rows
FROM system.serving.endpoint_usage u
JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
WHERE u.request_time >= :start AND u.request_time < :end AND in_workspaces(u.workspace_id)
GROUP BY to_date(u.request_time), COALESCE(e.version, '?')
UNION ALL
SELECT h.day, CAST(NULL AS STRING) AS version, 0 AS requests, 0 AS failed, SUM(h.quantity * p.price) AS cost,
       SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
FROM hours h
LEFT JOIN prices p ON in_force(p, h.usage_end_time)
GROUP BY h.day
ORDER BY day, version NULLS FIRST
