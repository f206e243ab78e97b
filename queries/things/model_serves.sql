-- question: Which endpoints serve this registered model, in which version, since when, and how do requests to each end?
-- params: {start: date, end: date, workspaces: text, model_id: text}
-- grain: [workspace_id, endpoint_id, served_entity_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   served_entity_id: text
--   name: text
--   version: text  Version
--   state: code  State
--   since: time  Since
--   owner: text  Endpoint made by
--   requests: count  Requests
--   failed: count  Failed
--   share: ratio  Share failed
--   last_request: time  Last asked
-- things: {workspace: workspace, endpoint: endpoint, owner: [principal, owner]}
-- ttl: 30m
-- optional: [system.serving.endpoint_usage]
-- uses: [workspaces]
-- note: >
--   Every version that an endpoint serves (now: its newest configuration) or served. Requests are those of endpoint_usage from :start
--   to :end; none is no record, not no use; failed is a status of 500 and above. A version that no endpoint ever served, and what
--   it was trained on, is in no system table.
WITH versions AS (
  SELECT workspace_id, endpoint_id, endpoint_name, served_entity_id, served_entity_name, entity_name, entity_type, entity_version, change_time,
         folded(created_by) AS owner, COALESCE(endpoint_config_version, 0) AS config,
         MAX(COALESCE(endpoint_config_version, 0)) OVER (PARTITION BY workspace_id, endpoint_id) AS newest,
         MAX(endpoint_delete_time) OVER (PARTITION BY workspace_id, endpoint_id) AS deleted
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
), mine AS (
  SELECT workspace_id, endpoint_id, served_entity_id, MAX(struct(change_time, endpoint_name)).endpoint_name AS endpoint, MAX(served_entity_name) AS name,
         MAX(entity_version) AS version, MIN(change_time) AS since, MAX(owner) AS owner, MAX(config) AS config, MAX(newest) AS newest, MAX(deleted) AS deleted
  FROM versions
  WHERE entity_type = 'CUSTOM_MODEL' AND folded(entity_name) = folded(:model_id)
  GROUP BY workspace_id, endpoint_id, served_entity_id
), asked AS (
  SELECT workspace_id, served_entity_id, COUNT(*) AS requests, SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS failed,
         MAX(request_time) AS last_request
  FROM system.serving.endpoint_usage
  WHERE request_time >= :start AND request_time < :end AND in_workspaces(workspace_id)
  GROUP BY workspace_id, served_entity_id
)
SELECT m.workspace_id, known_name(s.workspace_name) AS workspace, m.endpoint_id, COALESCE(m.endpoint, m.endpoint_id) AS endpoint, m.served_entity_id,
       m.name, m.version, CASE WHEN m.deleted IS NOT NULL THEN 'deleted' WHEN m.config = m.newest THEN 'now' ELSE 'before' END AS state,
       m.since, m.owner, COALESCE(a.requests, 0) AS requests, COALESCE(a.failed, 0) AS failed,
       try_divide(CAST(a.failed AS DOUBLE), a.requests) AS share, a.last_request
FROM mine m
LEFT JOIN asked a ON a.workspace_id = m.workspace_id AND a.served_entity_id = m.served_entity_id
LEFT JOIN workspaces s ON s.workspace_id = m.workspace_id
ORDER BY state DESC, m.since DESC, m.workspace_id, m.endpoint_id, m.served_entity_id
