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
-- ttl: 12h
-- uses: [prices, usage_rows, workspaces]
-- look_back: 90d
-- note: >
--   Existing endpoints with priced usage and no recorded request between :start and :end, but at least one in the 90
--   days before: without that, usage tracking may simply be off. All of the cost counts, as if the endpoint scaled to
--   zero. Requests by gateway routes are recorded elsewhere. Scaled from the window to 30 days.
WITH hours AS (
  SELECT workspace_id, resource_id AS endpoint_id, sku_name, cloud, usage_unit, usage_end_time,
         CAST(SUM(quantity) AS DECIMAL(20, 10)) AS quantity
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end AND resource_kind = 'endpoint' AND product = 'MODEL_SERVING'
  GROUP BY ALL
), costs AS (
  SELECT h.workspace_id, h.endpoint_id, SUM(h.quantity * p.price) AS cost
  FROM hours h
  JOIN prices p
    ON p.sku_name = h.sku_name AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit
   AND h.usage_end_time >= p.price_start_time AND (p.price_end_time IS NULL OR h.usage_end_time < p.price_end_time)
  GROUP BY h.workspace_id, h.endpoint_id
), entities AS (
  SELECT DISTINCT workspace_id, endpoint_id, served_entity_id FROM system.serving.served_entities
), requests AS (
  SELECT e.workspace_id, e.endpoint_id, MAX(u.request_time) AS last_request
  FROM system.serving.endpoint_usage u
  JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= date_sub(:start, 90) AND u.request_time < :end
  GROUP BY e.workspace_id, e.endpoint_id
), endpoints AS (
  SELECT workspace_id, endpoint_id, endpoint_name, created_by, endpoint_delete_time
  FROM system.serving.served_entities
  QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, endpoint_id ORDER BY change_time DESC, served_entity_id) = 1
)
SELECT 'Scale the endpoint to zero' AS what, c.workspace_id,
       COALESCE(s.workspace_name, 'other region or deleted') AS workspace, 'endpoint' AS resource_kind,
       c.endpoint_id AS resource_id, e.endpoint_name AS resource, e.created_by AS owner,
       CAST(try_divide(CAST(c.cost AS DOUBLE) * 30, datediff(:end, :start)) AS DECIMAL(18, 2)) AS monthly_saving,
       'medium' AS confidence, 'medium' AS effort,
       'last request on ' || date_format(r.last_request, 'yyyy-MM-dd') AS evidence
FROM costs c
JOIN requests r ON r.workspace_id = c.workspace_id AND r.endpoint_id = c.endpoint_id AND r.last_request < :start
JOIN endpoints e ON e.workspace_id = c.workspace_id AND e.endpoint_id = c.endpoint_id
LEFT JOIN workspaces s ON s.workspace_id = c.workspace_id
WHERE e.endpoint_delete_time IS NULL AND c.cost > 0
ORDER BY monthly_saving DESC, workspace_id, resource_id
