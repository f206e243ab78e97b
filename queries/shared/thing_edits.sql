-- optional: [system.access.audit]
-- note: >
--   What people asked to change, by the audit log, from a day before :start to a day after :end: accepted requests, each
--   once however often it is delivered. Events of the account carry the workspace in their parameters. what is NULL where
--   the request changes settings, whose new values the tables of versions hold; grants have one row for each holder. Of a table,
--   that its columns are in the request is told apart from its comment, owner or properties.
SELECT workspace_id, at, who, kind, thing_id,
       CASE WHEN action_name = 'updatePermissions' AND given.principal IS NULL THEN 'privileges changed'
            WHEN action_name = 'updatePermissions' THEN
              concat_ws(', ', CASE WHEN size(given.add) > 0
                                   THEN concat(array_join(array_sort(given.add), ', '), ' granted to ', given.principal) END,
                        CASE WHEN size(given.remove) > 0
                             THEN concat(array_join(array_sort(given.remove), ', '), ' taken from ', given.principal) END)
            WHEN action_name = 'updateTables' AND altered THEN 'columns changed'
            WHEN action_name = 'updateTables' THEN 'definition changed'
            WHEN action_name = 'setRegisteredModelAlias' THEN concat('alias ', COALESCE(alias, '?'), ' names version ', COALESCE(version, '?'))
            WHEN action_name = 'deleteRegisteredModelAlias' THEN concat('alias ', COALESCE(alias, '?'), ' deleted')
            WHEN action_name = 'createModelVersion' THEN concat('version ', COALESCE(version, '?'), ' created')
            WHEN action_name = 'createServingEndpoint' THEN 'created'
            WHEN action_name = 'deleteServingEndpoint' THEN 'deleted'
            WHEN kind = 'endpoint' AND action_name <> 'changeInferenceEndpointAcl' THEN 'configuration changed'
            WHEN endswith(action_name, 'Acl') OR endswith(action_name, 'Acls') THEN 'permissions changed' END AS what
FROM (
  SELECT COALESCE(request_params['workspace_id'], workspace_id) AS workspace_id, event_time AS at,
         folded(user_identity.email) AS who, action_name, service_name,
         contains(request_params['changes'], '"columns"') AS altered,
         request_params['alias'] AS alias, COALESCE(request_params['version_num'], request_params['version']) AS version,
         CASE WHEN action_name IN ('setRegisteredModelAlias', 'deleteRegisteredModelAlias', 'createModelVersion') THEN 'model' ELSE
         CASE service_name WHEN 'jobs' THEN 'job' WHEN 'clusters' THEN 'cluster' WHEN 'databrickssql' THEN 'warehouse'
                           WHEN 'deltaPipelines' THEN 'pipeline' WHEN 'serverlessRealTimeInference' THEN 'endpoint'
                           ELSE folded(COALESCE(request_params['securable_type'], 'table')) END END AS kind,
         COALESCE(request_params['securable_full_name'], request_params['full_name_arg'], request_params['full_name'], request_params['job_id'],
                  request_params['jobId'], request_params['cluster_id'], request_params['pipeline_id'],
                  request_params['endpointId'], request_params['warehouse_id'], request_params['id'],
                  request_params['resourceId'], request_params['name'], 'unknown object') AS thing_id,
         COALESCE(CASE WHEN action_name = 'updatePermissions' THEN from_json(request_params['changes'],
           'ARRAY<STRUCT<principal: STRING, add: ARRAY<STRING>, remove: ARRAY<STRING>>>') END,
           array(named_struct('principal', CAST(NULL AS STRING), 'add', CAST(NULL AS ARRAY<STRING>),
                              'remove', CAST(NULL AS ARRAY<STRING>)))) AS gifts
  FROM system.access.audit
  WHERE event_date >= date_sub(:start, 1) AND event_date < date_add(:end, 1) AND response.status_code = 200
    AND service_name IN ('unityCatalog', 'jobs', 'clusters', 'databrickssql', 'deltaPipelines', 'serverlessRealTimeInference')
    AND (action_name IN ('updatePermissions', 'create', 'update', 'reset', 'edit', 'resize', 'delete', 'permanentDelete',
                         'createEndpoint', 'editEndpoint', 'deleteEndpoint', 'createWarehouse', 'editWarehouse',
                         'deleteWarehouse', 'changeJobAcl', 'changeClusterAcl', 'changeWarehouseAcls', 'changePipelineAcls',
                         'changeInferenceEndpointAcl', 'createServingEndpoint', 'updateServingEndpoint',
                         'updateServingEndpointConfig', 'deleteServingEndpoint', 'setRegisteredModelAlias',
                         'deleteRegisteredModelAlias', 'createModelVersion')
         OR (action_name = 'updateTables' AND request_params['changes'] IS NOT NULL))
  QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(event_id, concat_ws(' ', CAST(unix_micros(event_time) AS STRING),
                             action_name, folded(user_identity.email), request_params['securable_full_name'],
                             request_params['full_name_arg'], request_params['alias'], request_params['changes']))
                             ORDER BY event_time) = 1
) events
LATERAL VIEW explode(gifts) e AS given
