-- question: How do requests to the newest version of each endpoint end, against those to the version before at the same hours?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, endpoint_id, matched_by, slot]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   model: text  Model
--   model_full_name: text
--   version: text  Newest version
--   version_before: text  Version before
--   entity_before: text  (where it is still served, its name there)
--   deployed: time  Newest since
--   matched_by: code  Matched by
--   slot: text
--   requests: count
--   failed: count
--   requests_before: count
--   failed_before: count
-- things: {workspace: workspace, endpoint: endpoint, model: model}
-- ttl: 1h
-- uses: [workspaces]
-- note: >
--   Of endpoints whose newest served entity came from :start to :end, requests of endpoint_usage to it and to the one that came
--   before it. SAME_HOUR: hours in which both were asked. SAME_WEEKDAY_HOUR: the others, by hour of the week (UTC), so that a
--   weekend is compared with weekends; what has no partner is left out. Failed is a status of 500 and above. Two entities that came at one
--   time are told apart by their version. A change of something else meanwhile is not taken out.
WITH entities AS (
  SELECT workspace_id, endpoint_id, served_entity_id, MIN(change_time) AS since, MAX(struct(change_time, endpoint_name)).endpoint_name AS endpoint,
         MAX(served_entity_name) AS name, MAX(entity_name) AS model, MAX(entity_type) AS entity_type, MAX(entity_version) AS version,
         MAX(COALESCE(endpoint_config_version, 0)) AS config, MAX(endpoint_delete_time) AS deleted
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
  GROUP BY workspace_id, endpoint_id, served_entity_id
), placed AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY workspace_id, endpoint_id ORDER BY since DESC, TRY_CAST(version AS INT) DESC NULLS LAST, served_entity_id) AS place,
         MAX(config) OVER (PARTITION BY workspace_id, endpoint_id) AS newest, MAX(deleted) OVER (PARTITION BY workspace_id, endpoint_id) AS gone
  FROM entities
), pairs AS (
  SELECT n.workspace_id, n.endpoint_id, COALESCE(n.endpoint, n.endpoint_id) AS endpoint, n.model, n.entity_type, n.served_entity_id, n.version, n.since,
         b.served_entity_id AS before_id, b.version AS version_before, CASE WHEN b.config = b.newest THEN b.name END AS entity_before
  FROM placed n
  JOIN placed b ON b.workspace_id = n.workspace_id AND b.endpoint_id = n.endpoint_id AND b.place = 2
  WHERE n.place = 1 AND n.gone IS NULL AND n.since >= :start AND n.since < :end
), hours AS (
  SELECT p.workspace_id, p.endpoint_id, date_trunc('HOUR', u.request_time) AS hour,
         SUM(CASE WHEN u.served_entity_id = p.served_entity_id THEN 1 ELSE 0 END) AS requests,
         SUM(CASE WHEN u.served_entity_id = p.served_entity_id AND u.status_code >= 500 THEN 1 ELSE 0 END) AS failed,
         SUM(CASE WHEN u.served_entity_id = p.before_id THEN 1 ELSE 0 END) AS requests_before,
         SUM(CASE WHEN u.served_entity_id = p.before_id AND u.status_code >= 500 THEN 1 ELSE 0 END) AS failed_before
  FROM system.serving.endpoint_usage u
  JOIN pairs p ON p.workspace_id = u.workspace_id AND u.served_entity_id IN (p.served_entity_id, p.before_id)
  WHERE u.request_time >= :start AND u.request_time < :end AND in_workspaces(u.workspace_id)
  GROUP BY p.workspace_id, p.endpoint_id, date_trunc('HOUR', u.request_time)
), matched AS (
  SELECT workspace_id, endpoint_id, CASE WHEN requests > 0 AND requests_before > 0 THEN 'SAME_HOUR' ELSE 'SAME_WEEKDAY_HOUR' END AS matched_by,
         CASE WHEN requests > 0 AND requests_before > 0 THEN date_format(hour, 'yyyy-MM-dd HH')
              ELSE concat(CAST(dayofweek(hour) AS STRING), ' ', date_format(hour, 'HH')) END AS slot,
         requests, failed, requests_before, failed_before
  FROM hours
), slots AS (
  SELECT workspace_id, endpoint_id, matched_by, slot, SUM(requests) AS requests, SUM(failed) AS failed,
         SUM(requests_before) AS requests_before, SUM(failed_before) AS failed_before
  FROM matched
  GROUP BY workspace_id, endpoint_id, matched_by, slot
)
SELECT p.workspace_id, known_name(s.workspace_name) AS workspace, p.endpoint_id, p.endpoint, p.model,
       CASE WHEN p.entity_type = 'CUSTOM_MODEL' AND size(split(p.model, '[.]')) = 3 THEN folded(p.model) END AS model_full_name,
       p.version, p.version_before, p.entity_before, p.since AS deployed, m.matched_by, m.slot, m.requests, m.failed, m.requests_before, m.failed_before
FROM pairs p
JOIN slots m ON m.workspace_id = p.workspace_id AND m.endpoint_id = p.endpoint_id
LEFT JOIN workspaces s ON s.workspace_id = p.workspace_id
WHERE m.requests > 0 AND m.requests_before > 0
ORDER BY p.endpoint, p.workspace_id, p.endpoint_id, m.matched_by, m.slot
