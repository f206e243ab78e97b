-- question: Which agents, models, apps and Genie spaces are there, whose are they, who asks them, and what do they cost?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, family, thing_id, sort]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   family: text
--   thing_id: text
--   name: text  Agent, app or model
--   sort: code  Sort
--   status: code  Status
--   owner: text  Whose
--   calls: count  Calls
--   callers: count  Callers
--   last_call: time  Last call
--   unasked_days: count
--   cost: money  Cost
--   unpriced: quantity  Units without a price
-- things: {name: [=family, workspace_id, thing_id], workspace: workspace, owner: [principal, owner]}
-- ttl: 1h
-- uses: [prices, workspaces]
-- optional: [system.ai_gateway.usage, system.serving.endpoint_usage, system.serving.served_entities, system.access.audit]
-- evidence: [system.billing.usage]
-- note: >
--   Found where they leave something: serving endpoints by their settings, services of the gateway by their calls, Genie spaces
--   and apps by the audit log of the 90 days before :end, and all of them by the bill of the period. Cost is Databricks's bill of
--   model serving, vector search, the gateway, evaluation, agents, AI functions, apps and Genie; what it names no thing for
--   stands by its product, with no id, so that the rows add up to it. Free use of Genie costs 0. Providers' prices are in token_costs. Calls and
--   callers are of the period; where endpoint_usage and the gateway both know an endpoint, the larger number counts, so a
--   call is not counted twice. A question to Genie is a message. Calls of an app are in no table; it is STOPPED or GONE by
--   its last event. A service of the gateway is known by its name, whichever ids its rows and its bill have; one whose name
--   the settings know as that of an endpoint is that endpoint. ASKED: within seven days before :end; NO_RECORD: no call in 90
--   days is recorded. Gone ones stay as long as the period has cost or calls of them.
WITH entities AS (
  SELECT workspace_id, endpoint_id,
         MAX(struct(COALESCE(endpoint_config_version, 0) AS config, change_time AS changed, endpoint_name AS name, entity_type, task,
                    folded(created_by) AS owner)) AS newest,
         MAX(CASE WHEN endpoint_delete_time IS NULL THEN 0 ELSE 1 END) AS gone
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
  GROUP BY workspace_id, endpoint_id
), served AS (
  SELECT workspace_id, served_entity_id, MAX(endpoint_id) AS endpoint_id
  FROM system.serving.served_entities
  GROUP BY workspace_id, served_entity_id
), asked AS (
  SELECT workspace_id, served_entity_id, folded(requester) AS caller, MAX(request_time) AS last_call,
         SUM(CASE WHEN request_time >= :start THEN 1 ELSE 0 END) AS calls
  FROM system.serving.endpoint_usage
  WHERE request_time >= date_sub(:end, 90) AND request_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, served_entity_id, folded(requester)
), told AS (
  SELECT event_time, workspace_id, CASE service_name WHEN 'aibiGenie' THEN 'space' ELSE 'app' END AS family, action_name,
         request_params['space_id'] AS id,
         COALESCE(request_params['display_name'], request_params['app_name'], request_params['name'],
                  from_json(request_params['request_object'], 'STRUCT<name: STRING>').name) AS name,
         folded(user_identity.email) AS who,
         CASE WHEN action_name IN ('createConversationMessage', 'genieStartConversationMessage', 'genieCreateConversationMessage')
              THEN 1 ELSE 0 END AS is_call
  FROM system.access.audit
  WHERE event_date >= date_sub(:end, 90) AND event_date < :end AND service_name IN ('aibiGenie', 'apps') AND response.status_code < 400
    AND in_workspaces(workspace_id)
), sightings AS (
  SELECT workspace_id, 'endpoint' AS family, endpoint_id AS id, newest.name AS name,
         CASE WHEN newest.entity_type IN ('FOUNDATION_MODEL', 'EXTERNAL_MODEL') OR newest.task LIKE 'llm/%' OR newest.task LIKE 'agent/%'
              THEN 'LANGUAGE_MODEL' WHEN newest.entity_type = 'FEATURE_SPEC' THEN 'FEATURES' ELSE 'MODEL' END AS sort,
         5 AS place, newest.owner AS owner, CAST(NULL AS BIGINT) AS calls, CAST(NULL AS BIGINT) AS callers,
         CAST(NULL AS TIMESTAMP) AS last_call, CASE WHEN gone = 1 THEN 'GONE' END AS state, CAST(NULL AS DECIMAL(38, 18)) AS cost,
         CAST(NULL AS DECIMAL(38, 10)) AS unpriced
  FROM entities
  UNION ALL
  SELECT a.workspace_id, 'endpoint' AS family, s.endpoint_id AS id, NULL AS name, NULL AS sort, 0 AS place, NULL AS owner,
         SUM(a.calls) AS calls, COUNT(DISTINCT CASE WHEN a.calls > 0 THEN a.caller END) AS callers, MAX(a.last_call) AS last_call,
         NULL AS state, NULL AS cost, NULL AS unpriced
  FROM asked a
  JOIN served s ON s.workspace_id = a.workspace_id AND s.served_entity_id = a.served_entity_id
  GROUP BY a.workspace_id, s.endpoint_id
  UNION ALL
  SELECT workspace_id, CASE WHEN MAX(service_name) IS NOT NULL THEN 'gateway' ELSE 'endpoint' END AS family, MAX(COALESCE(endpoint_id, service_id)) AS id,
         COALESCE(service_name, endpoint_name) AS name,
         CASE WHEN MAX(CASE WHEN mcp_metadata.json_rpc_method IS NULL THEN 1 ELSE 0 END) = 1 THEN 'GATEWAY_SERVICE' ELSE 'MCP_SERVICE' END AS sort,
         4 AS place, MAX(folded(endpoint_metadata.creator)) AS owner,
         SUM(CASE WHEN event_time >= :start AND COALESCE(mcp_metadata.json_rpc_method, 'tools/call') = 'tools/call' THEN 1 ELSE 0 END) AS calls,
         COUNT(DISTINCT CASE WHEN event_time >= :start AND COALESCE(mcp_metadata.json_rpc_method, 'tools/call') = 'tools/call'
                             THEN folded(requester) END) AS callers,
         MAX(CASE WHEN COALESCE(mcp_metadata.json_rpc_method, 'tools/call') = 'tools/call' THEN event_time END) AS last_call,
         NULL AS state, NULL AS cost, NULL AS unpriced
  FROM system.ai_gateway.usage
  WHERE event_time >= date_sub(:end, 90) AND event_time < :end AND COALESCE(service_name, endpoint_name) IS NOT NULL AND in_workspaces(workspace_id)
  GROUP BY workspace_id, COALESCE(service_name, endpoint_name)
  UNION ALL
  SELECT workspace_id, family, id, MAX(CASE WHEN name IS NOT NULL THEN struct(event_time, name) END).name AS name,
         CASE family WHEN 'space' THEN 'GENIE_SPACE' ELSE 'APP' END AS sort, 3 AS place,
         MAX(CASE WHEN action_name IN ('createSpace', 'createApp') THEN who END) AS owner,
         CASE WHEN family = 'space' THEN SUM(CASE WHEN event_time >= :start THEN is_call ELSE 0 END) END AS calls,
         CASE WHEN family = 'space' THEN COUNT(DISTINCT CASE WHEN event_time >= :start AND is_call = 1 THEN who END) END AS callers,
         MAX(CASE WHEN is_call = 1 THEN event_time END) AS last_call,
         CASE MAX(CASE WHEN action_name IN ('createApp', 'deployApp', 'startApp', 'stopApp', 'deleteApp') THEN struct(event_time, action_name) END).action_name
           WHEN 'stopApp' THEN 'STOPPED' WHEN 'deleteApp' THEN 'GONE' END AS state, NULL AS cost, NULL AS unpriced
  FROM told
  WHERE COALESCE(id, CASE WHEN family = 'app' THEN name END) IS NOT NULL
  GROUP BY workspace_id, family, id, CASE WHEN family = 'app' THEN name END
  UNION ALL
  SELECT b.workspace_id, b.family, b.id, MAX(b.name) AS name, b.sort, b.place, MAX(b.owner) AS owner, NULL AS calls, NULL AS callers, NULL AS last_call,
         NULL AS state, SUM(b.quantity * COALESCE(p.price, CASE WHEN b.sku_name = 'GENIE_FREE_USAGE' THEN 0 END)) AS cost,
         SUM(CASE WHEN p.price IS NULL AND b.sku_name <> 'GENIE_FREE_USAGE' THEN b.quantity END) AS unpriced
  FROM (
    SELECT workspace_id, family, CASE family WHEN 'none' THEN '' ELSE COALESCE(id, name) END AS id, CASE family WHEN 'none' THEN NULL ELSE name END AS name,
           CASE family WHEN 'none' THEN product ELSE sort END AS sort, place, MAX(owner) AS owner, sku_name, cloud, usage_unit, usage_end_time,
           exact_sum(exact(quantity)) AS quantity
    FROM (
      SELECT workspace_id, billing_origin_product AS product, sku_name, cloud, usage_unit, usage_end_time, usage_quantity AS quantity,
             COALESCE(NULLIF(folded(identity_metadata.owned_by), ''), NULLIF(folded(identity_metadata.created_by), '')) AS owner,
             CASE WHEN usage_metadata.ai_gateway.endpoint_name IS NOT NULL THEN 'gateway'
                  WHEN billing_origin_product IN ('MODEL_SERVING', 'VECTOR_SEARCH')
                       AND COALESCE(usage_metadata.endpoint_id, usage_metadata.endpoint_name) IS NOT NULL THEN 'endpoint'
                  WHEN billing_origin_product = 'APPS' AND COALESCE(usage_metadata.app_id, usage_metadata.app_name) IS NOT NULL THEN 'app'
                  WHEN COALESCE(usage_metadata.agent_bricks_id, usage_metadata.supervisor_agent_id) IS NOT NULL THEN 'brick'
                  ELSE 'none' END AS family,
             CASE WHEN usage_metadata.ai_gateway.endpoint_name IS NOT NULL THEN usage_metadata.ai_gateway.endpoint_id
                  WHEN billing_origin_product = 'APPS' THEN usage_metadata.app_id
                  ELSE COALESCE(usage_metadata.endpoint_id, usage_metadata.agent_bricks_id, usage_metadata.supervisor_agent_id) END AS id,
             COALESCE(usage_metadata.ai_gateway.endpoint_name, usage_metadata.endpoint_name, usage_metadata.app_name) AS name,
             CASE WHEN usage_metadata.ai_gateway.endpoint_name IS NOT NULL THEN 'GATEWAY_SERVICE'
                  ELSE CASE billing_origin_product WHEN 'VECTOR_SEARCH' THEN 'VECTOR_SEARCH' WHEN 'APPS' THEN 'APP'
                            WHEN 'MODEL_SERVING' THEN 'MODEL' ELSE 'AGENT_BRICK' END END AS sort,
             CASE WHEN billing_origin_product = 'VECTOR_SEARCH' THEN 6 ELSE 1 END AS place
      FROM system.billing.usage
      WHERE usage_date >= :start AND usage_date < :end AND in_workspaces(workspace_id)
        AND (billing_origin_product IN ('MODEL_SERVING', 'VECTOR_SEARCH', 'AI_GATEWAY', 'AGENT_EVALUATION', 'AGENT_BRICKS', 'AI_FUNCTIONS', 'APPS', 'GENIE')
          OR usage_metadata.ai_gateway.endpoint_name IS NOT NULL)
    ) chosen
    GROUP BY workspace_id, family, CASE family WHEN 'none' THEN '' ELSE COALESCE(id, name) END, CASE family WHEN 'none' THEN NULL ELSE name END,
             CASE family WHEN 'none' THEN product ELSE sort END, place, sku_name, cloud, usage_unit, usage_end_time
  ) b
  LEFT JOIN prices p ON in_force(p, b.usage_end_time)
  GROUP BY b.workspace_id, b.family, b.id, b.sort, b.place
), sighted AS (
  SELECT *, MAX(CASE WHEN place = 5 THEN id END) OVER (PARTITION BY workspace_id, name) AS served_id
  FROM sightings
), named AS (
  SELECT workspace_id, CASE WHEN family = 'gateway' AND served_id IS NOT NULL THEN 'endpoint' ELSE family END AS family, name, sort, place, owner,
         calls, callers, last_call, state, cost, unpriced,
         CASE family WHEN 'none' THEN NULL WHEN 'gateway' THEN COALESCE(served_id, name)
              ELSE COALESCE(CASE WHEN id <> name THEN id END,
                            MAX(CASE WHEN id <> name THEN id END) OVER (PARTITION BY workspace_id, family, name), id, name) END AS thing_id
  FROM sighted
), met AS (
  SELECT workspace_id, family, thing_id, CASE WHEN family = 'none' THEN sort END AS product,
         MAX(CASE WHEN name IS NOT NULL THEN struct(place, name) END).name AS name,
         MAX(CASE WHEN sort IS NOT NULL THEN struct(place, sort) END).sort AS sort,
         MAX(CASE WHEN owner IS NOT NULL THEN struct(place, owner) END).owner AS owner, MAX(calls) AS calls, MAX(callers) AS callers,
         MAX(last_call) AS last_call, MAX(state) AS state, SUM(cost) AS cost, SUM(unpriced) AS unpriced
  FROM named
  GROUP BY workspace_id, family, thing_id, CASE WHEN family = 'none' THEN sort END
)
SELECT m.workspace_id, CASE WHEN m.workspace_id IS NOT NULL THEN known_name(s.workspace_name) END AS workspace, m.family, m.thing_id,
       CASE WHEN m.family <> 'none' THEN COALESCE(m.name, m.thing_id) END AS name, m.sort,
       CASE WHEN m.family = 'none' THEN NULL WHEN m.state IS NOT NULL THEN m.state WHEN m.last_call >= date_sub(:end, 7) THEN 'ASKED'
            WHEN m.last_call IS NOT NULL THEN 'UNASKED' ELSE 'NO_RECORD' END AS status,
       m.owner, m.calls, m.callers, m.last_call, datediff(:end, to_date(m.last_call)) AS unasked_days, m.cost, m.unpriced
FROM met m
LEFT JOIN workspaces s ON s.workspace_id = m.workspace_id
WHERE COALESCE(m.state, '') <> 'GONE' OR m.cost IS NOT NULL OR m.calls > 0
ORDER BY m.cost DESC NULLS LAST, m.calls DESC NULLS LAST, m.workspace_id, m.family, m.thing_id, m.sort
