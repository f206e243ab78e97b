-- question: Which endpoints are there, what does each serve, since when, of what size, and who asks which part of it?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, endpoint_id, served_entity_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   served_entity_id: text
--   name: text
--   served: text  Serves
--   version: text  Version
--   entity_type: code  Kind
--   task: text
--   provider: text
--   size: text  Size
--   scales_to_zero: flag  Stops when unasked
--   owner: text  Made by
--   since: time  Serves it since
--   requests: count  Requests
--   part: share  Of the endpoint's
--   last_request: time  Last request
--   model_full_name: text
-- things: {workspace: workspace, endpoint: endpoint, served: model, owner: [principal, owner]}
-- ttl: 1h
-- optional: [system.serving.endpoint_usage]
-- uses: [workspaces]
-- note: >
--   What the newest configuration of each endpoint that is not deleted serves; an endpoint has several. since is its first
--   configuration with that version. Requests are those of endpoint_usage from :start to :end, NULL where none of the endpoint is
--   recorded: no record is not no use. part is of those to what is served now. The gateway's own endpoints are not listed in served_entities.
--   Size is concurrency of models, provisioned tokens a second of foundation models. The first :limit by endpoint.
WITH versions AS (
  SELECT workspace_id, endpoint_id, served_entity_id, MIN(change_time) AS since,
         MAX(CASE WHEN endpoint_delete_time IS NULL THEN 0 ELSE 1 END) AS gone,
         MAX(struct(COALESCE(endpoint_config_version, 0) AS config, change_time AS changed, endpoint_name AS endpoint, served_entity_name AS name,
                    entity_name AS model, entity_version AS version, entity_type AS entity_type, task AS task,
                    external_model_config.provider AS provider, folded(created_by) AS owner,
                    COALESCE(custom_model_config.min_concurrency, feature_spec_config.min_concurrency) AS smallest,
                    COALESCE(custom_model_config.max_concurrency, feature_spec_config.max_concurrency) AS largest,
                    COALESCE(custom_model_config.compute_type, feature_spec_config.compute_type) AS compute,
                    foundation_model_config.min_provisioned_throughput AS least,
                    foundation_model_config.max_provisioned_throughput AS most)) AS newest
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
  GROUP BY workspace_id, endpoint_id, served_entity_id
), entities AS (
  SELECT *, MAX(newest.config) OVER (PARTITION BY workspace_id, endpoint_id) AS config, MAX(gone) OVER (PARTITION BY workspace_id, endpoint_id) AS is_gone
  FROM versions
), asked AS (
  SELECT workspace_id, served_entity_id, COUNT(*) AS requests, MAX(request_time) AS last_request
  FROM system.serving.endpoint_usage
  WHERE request_time >= :start AND request_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, served_entity_id
), served AS (
  SELECT e.*, a.requests, a.last_request, SUM(a.requests) OVER (PARTITION BY e.workspace_id, e.endpoint_id) AS whole,
         SUM(CASE WHEN e.newest.config = e.config THEN a.requests END) OVER (PARTITION BY e.workspace_id, e.endpoint_id) AS now_whole
  FROM entities e
  LEFT JOIN asked a ON a.workspace_id = e.workspace_id AND a.served_entity_id = e.served_entity_id
)
SELECT e.workspace_id, known_name(s.workspace_name) AS workspace, e.endpoint_id, COALESCE(e.newest.endpoint, e.endpoint_id) AS endpoint,
       e.served_entity_id, e.newest.name AS name, COALESCE(e.newest.model, e.newest.name) AS served, e.newest.version AS version,
       e.newest.entity_type AS entity_type, e.newest.task AS task, e.newest.provider AS provider,
       CASE WHEN e.newest.largest IS NOT NULL
            THEN concat_ws(' ', e.newest.compute, CAST(COALESCE(e.newest.smallest, 0) AS STRING) || ' to ' || CAST(e.newest.largest AS STRING))
            WHEN e.newest.most IS NOT NULL
            THEN CAST(COALESCE(e.newest.least, 0) AS STRING) || ' to ' || CAST(e.newest.most AS STRING) || ' tokens/s' END AS size,
       CASE WHEN e.newest.smallest = 0 OR e.newest.least = 0 THEN TRUE WHEN COALESCE(e.newest.smallest, e.newest.least) > 0 THEN FALSE END AS scales_to_zero,
       e.newest.owner AS owner, e.since, CASE WHEN e.whole IS NOT NULL THEN COALESCE(e.requests, 0) END AS requests,
       try_divide(CAST(COALESCE(e.requests, 0) AS DOUBLE), e.now_whole) AS part, e.last_request,
       CASE WHEN e.newest.entity_type = 'CUSTOM_MODEL' AND size(split(e.newest.model, '[.]')) = 3 THEN folded(e.newest.model) END AS model_full_name
FROM served e
LEFT JOIN workspaces s ON s.workspace_id = e.workspace_id
WHERE e.is_gone = 0 AND e.newest.config = e.config
ORDER BY endpoint, e.workspace_id, e.endpoint_id, e.newest.config DESC, e.since DESC, e.served_entity_id
LIMIT :limit
