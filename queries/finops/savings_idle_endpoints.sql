-- question: Which serving endpoints are billed although nobody asks them any more?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, resource_id]
-- columns:
--   what: text
--   workspace_id: text
--   workspace: text
--   resource_kind: text
--   resource_id: text
--   resource: text
--   owner: text
--   monthly_saving: money
--   confidence: text
--   effort: text
--   evidence: text
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 12h
-- uses: [prices, usage_rows, workspaces]
-- optional: [system.ai_gateway.usage]
-- note: >
--   Existing endpoints that are billed and whose last recorded request is more than 21 days before :end, whatever the
--   period, by itself or through the gateway; at least one is among the 90 days that endpoint_usage keeps: without that,
--   usage tracking may simply be off.
--   All of the cost since the last request counts, as if the endpoint scaled to zero: that of the period, of 30 days at
--   most, scaled to 30. NULL without a price.
WITH entities AS (
  SELECT DISTINCT workspace_id, endpoint_id, served_entity_id FROM system.serving.served_entities
), requests AS (
  SELECT workspace_id, endpoint_id, MAX(asked_at) AS last_request
  FROM (
    SELECT e.workspace_id, e.endpoint_id, u.request_time AS asked_at
    FROM system.serving.endpoint_usage u
    JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
    WHERE u.request_time >= date_sub(:end, 90) AND u.request_time < :end
    UNION ALL
    SELECT workspace_id, endpoint_id, event_time AS asked_at
    FROM system.ai_gateway.usage
    WHERE event_time >= date_sub(:end, 90) AND event_time < :end AND mcp_metadata.json_rpc_method IS NULL
  ) asked
  GROUP BY workspace_id, endpoint_id
), idle AS (
  SELECT workspace_id, endpoint_id, last_request,
         GREATEST(date_add(to_date(last_request), 1), :start, date_sub(:end, 30)) AS since
  FROM requests
  WHERE last_request < date_sub(:end, 21)
), hours AS (
  SELECT u.workspace_id, u.resource_id AS endpoint_id, i.last_request, i.since, u.sku_name, u.cloud, u.usage_unit,
         u.usage_end_time, exact_sum(u.quantity) AS quantity
  FROM usage_rows u
  JOIN idle i ON i.workspace_id = u.workspace_id AND i.endpoint_id = u.resource_id
  WHERE u.usage_date >= :start AND u.usage_date < :end AND u.usage_date >= i.since AND u.resource_kind = 'endpoint'
    AND u.product = 'MODEL_SERVING'
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, h.endpoint_id, h.last_request, h.since, SUM(h.quantity) AS quantity,
         SUM(h.quantity * p.price) AS cost
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.workspace_id, h.endpoint_id, h.last_request, h.since
), endpoints AS (
  SELECT workspace_id, endpoint_id, endpoint_name, folded(created_by) AS created_by, endpoint_delete_time
  FROM system.serving.served_entities
  QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, endpoint_id ORDER BY change_time DESC, endpoint_delete_time DESC NULLS LAST, served_entity_id) = 1
)
SELECT 'Scale the endpoint to zero' AS what, c.workspace_id,
       known_name(s.workspace_name) AS workspace, 'endpoint' AS resource_kind,
       c.endpoint_id AS resource_id, e.endpoint_name AS resource, e.created_by AS owner,
       CAST(CAST(try_divide(CAST(c.cost AS DOUBLE) * 30, datediff(:end, c.since)) AS DECIMAL(28, 6)) AS DECIMAL(18, 2))
         AS monthly_saving,
       'medium' AS confidence, 'medium' AS effort,
       'last request on ' || date_format(c.last_request, 'yyyy-MM-dd')
         || CASE WHEN c.cost IS NULL THEN '; no price in ' || :currency ELSE '' END AS evidence
FROM costs c
JOIN endpoints e ON e.workspace_id = c.workspace_id AND e.endpoint_id = c.endpoint_id
LEFT JOIN workspaces s ON s.workspace_id = c.workspace_id
WHERE e.endpoint_delete_time IS NULL AND c.quantity > 0 AND COALESCE(c.cost, 1) > 0
ORDER BY monthly_saving DESC NULLS LAST, workspace_id, resource_id
