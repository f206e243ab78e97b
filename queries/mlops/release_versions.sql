-- question: Which version of each model of ours is the newest, which does its endpoint serve, and which does an alias name since when, by whom?
-- params: {start: date, end: date, workspaces: text}
-- grain: [workspace_id, endpoint_id, model_full_name]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   model: text  Model
--   model_full_name: text
--   version: text  Newest version
--   made: time  Seen first
--   made_by: text  Seen by
--   served: text  Serves
--   served_since: time  Serves it since
--   alias: text  Alias
--   alias_version: text  Names version
--   alias_before: text  (that the alias named before, where that is seen)
--   moved: time  Moved
--   moved_by: text  Moved by
-- things: {workspace: workspace, endpoint: endpoint, model: model, made_by: [principal, made_by], moved_by: [principal, moved_by]}
-- ttl: 1h
-- uses: [workspaces]
-- optional: [system.access.audit]
-- note: >
--   Models of Unity Catalog that an endpoint serves now, in the newest of its versions there. Requests of the audit log from :start to :end that went through
--   name versions and move aliases: version is the highest number that is served or named, made and made_by are of the first request that
--   names it, alias is the one that was set last and not deleted since. Where nothing is seen, it may be older than :start, or never have been. A
--   version that no request and no endpoint names by its number is not here.
WITH entities AS (
  SELECT workspace_id, endpoint_id, endpoint_name, folded(entity_name) AS model_full_name, entity_type, entity_version AS version, change_time,
         COALESCE(endpoint_config_version, 0) AS config,
         MAX(COALESCE(endpoint_config_version, 0)) OVER (PARTITION BY workspace_id, endpoint_id) AS newest,
         MAX(endpoint_delete_time) OVER (PARTITION BY workspace_id, endpoint_id) AS gone
  FROM system.serving.served_entities
  WHERE in_workspaces(workspace_id)
), sinces AS (
  SELECT *, MIN(change_time) OVER (PARTITION BY workspace_id, endpoint_id, model_full_name, version) AS since
  FROM entities
  WHERE entity_type = 'CUSTOM_MODEL' AND size(split(model_full_name, '[.]')) = 3
), served AS (
  SELECT workspace_id, endpoint_id, model_full_name, MAX(struct(change_time, endpoint_name)).endpoint_name AS endpoint,
         MAX(struct(COALESCE(TRY_CAST(version AS INT), 0) AS number, since)) AS newest
  FROM sinces
  WHERE config = newest AND gone IS NULL
  GROUP BY workspace_id, endpoint_id, model_full_name
), asked AS (
  SELECT DISTINCT folded(COALESCE(request_params['full_name_arg'], request_params['full_name'],
                         concat_ws('.', request_params['catalog_name'], request_params['schema_name'], request_params['model_name']))) AS model_full_name,
         TRY_CAST(COALESCE(request_params['version_num'], request_params['version_arg'], request_params['version']) AS INT) AS number,
         COALESCE(request_params['alias'], request_params['alias_arg']) AS alias, action_name, event_time AS at,
         NULLIF(folded(user_identity.email), '') AS who
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog' AND response.status_code = 200
    AND action_name IN ('createModelVersion', 'updateModelVersion', 'finalizeModelVersion', 'setRegisteredModelAlias', 'deleteRegisteredModelAlias')
), placed AS (
  SELECT *, LAG(number) OVER (PARTITION BY model_full_name, alias ORDER BY at, number) AS number_before,
         ROW_NUMBER() OVER (PARTITION BY model_full_name, alias ORDER BY at DESC, number DESC) AS place,
         MIN(struct(at, who)) OVER (PARTITION BY model_full_name, number) AS named_first
  FROM asked
), named AS (
  SELECT model_full_name, MAX(CASE WHEN number IS NOT NULL THEN struct(number, named_first.at AS at, named_first.who AS who) END) AS top,
         MAX(CASE WHEN alias IS NOT NULL AND place = 1 AND action_name = 'setRegisteredModelAlias' AND number IS NOT NULL
                  THEN struct(at, alias, number, number_before, who) END) AS last
  FROM placed
  GROUP BY model_full_name
)
SELECT s.workspace_id, known_name(w.workspace_name) AS workspace, s.endpoint_id, COALESCE(s.endpoint, s.endpoint_id) AS endpoint,
       s.model_full_name AS model, s.model_full_name, CAST(GREATEST(s.newest.number, COALESCE(n.top.number, 0)) AS STRING) AS version,
       CASE WHEN n.top.number >= s.newest.number THEN n.top.at END AS made, CASE WHEN n.top.number >= s.newest.number THEN n.top.who END AS made_by,
       CAST(s.newest.number AS STRING) AS served, s.newest.since AS served_since, n.last.alias AS alias,
       CAST(n.last.number AS STRING) AS alias_version, CAST(n.last.number_before AS STRING) AS alias_before, n.last.at AS moved, n.last.who AS moved_by
FROM served s
LEFT JOIN named n ON n.model_full_name = s.model_full_name
LEFT JOIN workspaces w ON w.workspace_id = s.workspace_id
WHERE s.newest.number > 0
ORDER BY s.model_full_name, s.workspace_id, s.endpoint_id
