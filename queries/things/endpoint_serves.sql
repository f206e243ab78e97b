-- question: What does this serving endpoint serve, since when, and how do requests to each end?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, endpoint_id: text}
-- grain: [served_entity_id]
-- columns:
--   served_entity_id: text
--   served: text  Serves
--   version: text  Version
--   entity_type: code  Kind
--   state: code  State
--   since: time  Since
--   until: time  Until
--   requests: count  Requests
--   failed: count  Failed
--   last_request: time  Last asked
--   model_full_name: text
-- things: {served: model}
-- ttl: 30m
-- optional: [system.serving.endpoint_usage]
-- note: >
--   Every entity that the endpoint serves or served, the newest first: 'now' are those of its newest configuration that is
--   not deleted, since is the first configuration that has it, until the first later one that has it no more, or the
--   deletion. Requests are those of endpoint_usage between :start and :end; none is no record, not no use. Which features a
--   model reads is in no system table.
WITH versions AS (
  SELECT endpoint_id, served_entity_id, entity_name, served_entity_name, entity_version, entity_type, endpoint_config_version,
         change_time, endpoint_delete_time, MAX(endpoint_config_version) OVER (PARTITION BY endpoint_id) AS newest,
         MAX(endpoint_delete_time) OVER (PARTITION BY endpoint_id) AS deleted
  FROM system.serving.served_entities
  WHERE workspace_id = :workspace_id AND (endpoint_id = :endpoint_id OR endpoint_name = :endpoint_id) AND in_workspaces(workspace_id)
), configured AS (
  SELECT endpoint_id, endpoint_config_version, MIN(change_time) AS at
  FROM versions
  WHERE endpoint_delete_time IS NULL
  GROUP BY endpoint_id, endpoint_config_version
), entities AS (
  SELECT endpoint_id, served_entity_id, MAX(COALESCE(entity_name, served_entity_name)) AS served, MAX(entity_version) AS version,
         MAX(entity_type) AS entity_type, MIN(change_time) AS since, MAX(endpoint_config_version) AS last_version,
         MAX(newest) AS newest, MAX(deleted) AS deleted
  FROM versions
  GROUP BY endpoint_id, served_entity_id
), asked AS (
  SELECT served_entity_id, COUNT(*) AS requests, SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS failed,
         MAX(request_time) AS last_request
  FROM system.serving.endpoint_usage
  WHERE request_time >= :start AND request_time < :end AND workspace_id = :workspace_id
  GROUP BY served_entity_id
)
SELECT e.served_entity_id, e.served, e.version, e.entity_type,
       CASE WHEN e.deleted IS NOT NULL THEN 'deleted' WHEN e.last_version = e.newest THEN 'now' ELSE 'before' END AS state,
       e.since,
       CASE WHEN e.last_version = e.newest THEN e.deleted ELSE MIN(c.at) END AS until,
       COALESCE(MAX(a.requests), 0) AS requests, COALESCE(MAX(a.failed), 0) AS failed, MAX(a.last_request) AS last_request,
       CASE WHEN e.entity_type = 'CUSTOM_MODEL' AND size(split(e.served, '[.]')) = 3 THEN folded(e.served) END AS model_full_name
FROM entities e
LEFT JOIN configured c ON c.endpoint_id = e.endpoint_id AND c.endpoint_config_version > e.last_version
LEFT JOIN asked a ON a.served_entity_id = e.served_entity_id
GROUP BY e.endpoint_id, e.served_entity_id, e.served, e.version, e.entity_type, e.since, e.last_version, e.newest, e.deleted
ORDER BY state DESC, e.since DESC, e.served_entity_id
