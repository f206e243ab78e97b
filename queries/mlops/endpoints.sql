-- question: Which serving endpoints are paid for and not asked, which fail, and of which is nothing recorded?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, endpoint_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   owner: text  Made by
--   serves: text  Serves
--   entities: count
--   entity: text
--   other_entity: text
--   scales_to_zero: flag
--   cost_a_day: money  Cost a day
--   cost: money
--   requests: count  Requests
--   last_request: time  Last request
--   unasked_days: count
--   use_state: code  Use
--   failed: ratio  Failed
--   failed_version: text
--   failed_entity: text
--   refused: ratio  Refused
--   caller_errors: ratio  Caller's errors
--   recent: count
--   model_full_name: text
-- things: {serves: model, workspace: workspace, endpoint: endpoint, owner: [principal, owner]}
-- ttl: 1h
-- uses: [prices, usage_rows, workspaces]
-- evidence: [system.billing.usage, system.serving.endpoint_usage]
-- optional: [system.ai_gateway.usage]
-- note: >
--   Existing endpoints, and billed ones of other regions (NOT_LISTED: nothing else is known). Requests are in endpoint_usage or, by the gateway,
--   in ai_gateway.usage; one in both is counted once: the larger counts. UNASKED: the last request is more than 21 days before :end, and one is
--   among the 90 days that are kept. NO_RECORD: none in 90 days, so tracking may be off, which is not idle. The errors are of the seven days
--   before :end, the failed share (500 and above) of the version that fails most of those with 20 requests; 429 is refused, other 4xx is the
--   caller's. cost_a_day is over the days that were billed; NULL without a price. A smallest concurrency of 0 scales to zero, else it is unknown.
WITH versions AS (
  SELECT workspace_id, endpoint_id, served_entity_id,
         MAX(struct(COALESCE(endpoint_config_version, 0) AS config, change_time AS changed, endpoint_name AS endpoint, entity_version AS version,
                    served_entity_name AS entity, entity_name AS model, entity_type AS entity_type, folded(created_by) AS owner,
                    custom_model_config.min_concurrency AS smallest)) AS newest,
         MAX(CASE WHEN endpoint_delete_time IS NULL THEN 0 ELSE 1 END) AS gone
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
  GROUP BY workspace_id, endpoint_id, served_entity_id
), entities AS (
  SELECT workspace_id, endpoint_id, served_entity_id, newest, gone,
         newest.config = MAX(newest.config) OVER (PARTITION BY workspace_id, endpoint_id) AS is_served
  FROM versions
), asked AS (
  SELECT workspace_id, served_entity_id, MAX(request_time) AS last_request,
         SUM(CASE WHEN request_time >= :start THEN 1 ELSE 0 END) AS requests,
         SUM(CASE WHEN request_time >= date_sub(:end, 7) THEN 1 ELSE 0 END) AS recent,
         SUM(CASE WHEN request_time >= date_sub(:end, 7) AND status_code >= 500 THEN 1 ELSE 0 END) AS failed,
         SUM(CASE WHEN request_time >= date_sub(:end, 7) AND status_code = 429 THEN 1 ELSE 0 END) AS refused,
         SUM(CASE WHEN request_time >= date_sub(:end, 7) AND status_code BETWEEN 400 AND 499 AND status_code <> 429 THEN 1 ELSE 0 END) AS caller_errors
  FROM system.serving.endpoint_usage
  WHERE request_time >= date_sub(:end, 90) AND request_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, served_entity_id
), gateway AS (
  SELECT workspace_id, endpoint_id, MAX(event_time) AS last_request, SUM(CASE WHEN event_time >= :start THEN 1 ELSE 0 END) AS requests
  FROM system.ai_gateway.usage
  WHERE event_time >= date_sub(:end, 90) AND event_time < :end AND mcp_metadata.json_rpc_method IS NULL AND in_workspaces(workspace_id)
  GROUP BY workspace_id, endpoint_id
), endpoints AS (
  SELECT e.workspace_id, e.endpoint_id, MAX(e.newest) AS newest, MAX(e.gone) AS gone, SUM(CASE WHEN e.is_served THEN 1 ELSE 0 END) AS entities,
         MIN(CASE WHEN e.is_served THEN e.newest.entity END) AS first_entity, MAX(CASE WHEN e.is_served THEN e.newest.entity END) AS last_entity,
         MAX(CASE WHEN e.is_served THEN e.newest.smallest END) AS smallest, MAX(a.last_request) AS last_request,
         COALESCE(SUM(a.requests), 0) AS requests, COALESCE(SUM(a.recent), 0) AS recent, SUM(a.refused) AS refused, SUM(a.caller_errors) AS caller_errors,
         MAX(CASE WHEN a.recent >= 20
                  THEN struct(try_divide(CAST(a.failed AS DOUBLE), a.recent) AS part, e.newest.version AS version, e.newest.entity AS entity) END) AS worst
  FROM entities e
  LEFT JOIN asked a ON a.workspace_id = e.workspace_id AND a.served_entity_id = e.served_entity_id
  GROUP BY e.workspace_id, e.endpoint_id
), hours AS (
  SELECT workspace_id, resource_id, usage_date, sku_name, cloud, usage_unit, usage_end_time, MAX(billed_name) AS billed_name, exact_sum(quantity) AS quantity
  FROM usage_rows
  WHERE usage_date >= :start AND usage_date < :end AND resource_kind = 'endpoint' AND product = 'MODEL_SERVING'
  GROUP BY workspace_id, resource_id, usage_date, sku_name, cloud, usage_unit, usage_end_time
), bills AS (
  SELECT h.workspace_id, h.resource_id, MAX(h.billed_name) AS billed_name, COUNT(DISTINCT h.usage_date) AS days, SUM(h.quantity * p.price) AS cost
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.workspace_id, h.resource_id
), known AS (
  SELECT COALESCE(e.workspace_id, b.workspace_id) AS workspace_id, COALESCE(e.endpoint_id, b.resource_id) AS endpoint_id,
         COALESCE(e.newest.endpoint, b.billed_name) AS endpoint, e.newest AS newest, COALESCE(e.gone, 0) AS gone, e.entities, e.first_entity,
         e.last_entity, e.smallest, e.recent, e.refused, e.caller_errors, e.worst,
         CASE WHEN COALESCE(g.last_request, e.last_request) > COALESCE(e.last_request, g.last_request) THEN g.last_request
              ELSE COALESCE(e.last_request, g.last_request) END AS last_request,
         CASE WHEN e.endpoint_id IS NULL THEN g.requests ELSE GREATEST(e.requests, COALESCE(g.requests, 0)) END AS requests, b.cost, b.days
  FROM endpoints e
  FULL OUTER JOIN bills b ON b.workspace_id = e.workspace_id AND b.resource_id = e.endpoint_id
  LEFT JOIN gateway g ON g.workspace_id = COALESCE(e.workspace_id, b.workspace_id) AND g.endpoint_id = COALESCE(e.endpoint_id, b.resource_id)
)
SELECT k.workspace_id, known_name(s.workspace_name) AS workspace, k.endpoint_id, COALESCE(k.endpoint, k.endpoint_id) AS endpoint, k.newest.owner AS owner,
       k.newest.model || COALESCE(' v' || k.newest.version, '') || CASE WHEN k.entities > 1 THEN ' and ' || CAST(k.entities - 1 AS STRING) || ' more' ELSE '' END
         AS serves,
       k.entities, CASE WHEN k.entities = 1 THEN k.first_entity END AS entity,
       CASE WHEN k.entities <> 2 THEN NULL WHEN k.worst.entity = k.first_entity THEN k.last_entity WHEN k.worst.entity = k.last_entity THEN k.first_entity END
         AS other_entity,
       CASE WHEN k.smallest = 0 THEN TRUE END AS scales_to_zero,
       CAST(CAST(try_divide(CAST(k.cost AS DOUBLE), k.days) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS cost_a_day, k.cost, k.requests, k.last_request, datediff(:end, to_date(k.last_request)) AS unasked_days,
       CASE WHEN k.last_request IS NULL THEN CASE WHEN k.entities IS NULL THEN 'NOT_LISTED' ELSE 'NO_RECORD' END
            WHEN k.last_request < date_sub(:end, 21) THEN 'UNASKED' ELSE 'ASKED' END AS use_state,
       k.worst.part AS failed, k.worst.version AS failed_version, k.worst.entity AS failed_entity,
       try_divide(CAST(k.refused AS DOUBLE), k.recent) AS refused, try_divide(CAST(k.caller_errors AS DOUBLE), k.recent) AS caller_errors, k.recent,
       CASE WHEN k.newest.entity_type = 'CUSTOM_MODEL' AND size(split(k.newest.model, '[.]')) = 3 THEN folded(k.newest.model) END AS model_full_name
FROM known k
LEFT JOIN workspaces s ON s.workspace_id = k.workspace_id
WHERE k.gone = 0
ORDER BY k.cost DESC NULLS LAST, k.workspace_id, k.endpoint_id
