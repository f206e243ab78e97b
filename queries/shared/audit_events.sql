-- note: >
--   Every event of the audit log from :since to :until (and within the days :start to :end) of who may be seen, once however often it is
--   delivered. who is whoever asked, in small letters. workspace_id is the one that an event of the account names, else '0'. kind and
--   thing_id say what it is about, as far as the parameters name it: names and ids, never values. sides are told of rights only: each
--   principal that the event names, with what it was given and what was taken from it; who came into a group or left it is named
--   alone. sort: RIGHTS, SIGN_IN, CHANGE, READ, RUN or OTHER, by the words of the action. outcome: DONE, DENIED (401, 403), FAILED
--   (any other from 400 on) or UNKNOWN; code is the word that the error begins with, else its number.
SELECT event, at, who, service, action, sort, sides, outcome, workspace_id, address,
       CASE WHEN outcome IN ('DENIED', 'FAILED') THEN
         COALESCE(NULLIF(regexp_extract(error, '^[A-Z][A-Z0-9_]+', 0), ''), CAST(status AS STRING)) END AS code, kind,
       CASE WHEN kind IN ('table', 'schema', 'catalog', 'volume', 'function', 'model', 'principal') THEN folded(thing_id)
            ELSE thing_id END AS thing_id, path
FROM (
  SELECT event, at, who, service_name AS service, action_name AS action, status, error, address, workspace_id,
         CASE WHEN status IS NULL THEN 'UNKNOWN' WHEN status IN (401, 403) THEN 'DENIED' WHEN status >= 400 THEN 'FAILED'
              ELSE 'DONE' END AS outcome,
         CASE WHEN action_name RLIKE 'ogin|ogout|[Ss]ignIn|[Mm]fa' THEN 'SIGN_IN'
              WHEN action_name RLIKE 'ermission|Acls?$|PrincipalToGroup|PrincipalFromGroup|PrincipalsInGroup|[Aa]dmin|[Gg]rant|Owner|RuleSet'
                   AND NOT action_name RLIKE '^(get|list)' THEN 'RIGHTS'
              WHEN action_name RLIKE '^(get|list|read|describe|search|view|download|query|load|check|count|lookup|fetch)|xport|generateTemporary' THEN 'READ'
              WHEN action_name RLIKE '^(run|start|stop|cancel|repair|restart|trigger|submit|execute|invoke|attach|detach|command)|Message$|Command$|^cloneAndRun'
                THEN 'RUN'
              WHEN action_name RLIKE '^(create|update|edit|delete|set|change|reset|add|remove|rename|move|import|put|patch|upload|restore|purge|permanent|enable|disable|activate|deactivate|install|uninstall|transfer|generate|revoke|register|approve|reject|publish|unpublish|bind|unbind|resize|trash|clone|migrate)'
                THEN 'CHANGE'
              ELSE 'OTHER' END AS sort,
         CASE WHEN action_name = 'updatePermissions' THEN from_json(changes,
                'ARRAY<STRUCT<principal: STRING, add: ARRAY<STRING>, remove: ARRAY<STRING>>>')
              WHEN member IS NOT NULL AND target_group IS NOT NULL THEN
                array(named_struct('principal', member, 'add', CAST(NULL AS ARRAY<STRING>), 'remove', CAST(NULL AS ARRAY<STRING>))) END AS sides,
         CASE WHEN securable IS NOT NULL THEN folded(COALESCE(securable_type, 'table'))
              WHEN full_name IS NOT NULL THEN
                CASE WHEN action_name LIKE '%Model%' THEN 'model' WHEN action_name LIKE '%Schema%' THEN 'schema'
                     WHEN action_name LIKE '%Catalog%' THEN 'catalog' WHEN action_name LIKE '%Volume%' THEN 'volume'
                     WHEN action_name LIKE '%Function%' THEN 'function' ELSE 'table' END
              WHEN action_name LIKE '%Catalog%' AND plain_name IS NOT NULL AND service_name = 'unityCatalog' THEN 'catalog'
              WHEN job_id IS NOT NULL THEN 'job' WHEN pipeline_id IS NOT NULL THEN 'pipeline'
              WHEN cluster_id IS NOT NULL THEN 'cluster' WHEN warehouse_id IS NOT NULL THEN 'warehouse'
              WHEN space_id IS NOT NULL THEN 'space' WHEN dashboard_id IS NOT NULL THEN 'dashboard'
              WHEN service_name = 'serverlessRealTimeInference' AND plain_name IS NOT NULL THEN 'endpoint'
              WHEN target_group IS NOT NULL THEN 'group' WHEN member IS NOT NULL THEN 'principal'
              WHEN scope IS NOT NULL THEN 'secret_scope' WHEN notebook_id IS NOT NULL THEN 'notebook'
              WHEN path IS NOT NULL THEN 'path' END AS kind,
         COALESCE(securable, full_name, CASE WHEN action_name LIKE '%Catalog%' AND service_name = 'unityCatalog' THEN plain_name END, job_id,
                  pipeline_id, cluster_id, warehouse_id, space_id, dashboard_id,
                  CASE WHEN service_name = 'serverlessRealTimeInference' THEN plain_name END, target_group, member, scope, notebook_id,
                  path) AS thing_id, path
  FROM (
    SELECT COALESCE(event_id, concat_ws(' ', request_id, CAST(unix_micros(event_time) AS STRING), service_name, action_name,
                                        folded(user_identity.email), request_params['full_name_arg'], request_params['changes'])) AS event,
           event_time AS at, folded(user_identity.email) AS who, service_name, action_name, response.status_code AS status,
           response.error_message AS error, CASE WHEN source_ip_address RLIKE '^[0-9.]+:[0-9]+$' THEN split(source_ip_address, ':')[0] ELSE source_ip_address END AS address,
           COALESCE(NULLIF(request_params['workspace_id'], ''), workspace_id) AS workspace_id,
           request_params['changes'] AS changes, request_params['securable_full_name'] AS securable,
           request_params['securable_type'] AS securable_type,
           COALESCE(request_params['full_name_arg'], request_params['table_full_name'], request_params['full_name']) AS full_name,
           COALESCE(request_params['name_arg'], request_params['name'], request_params['catalog_name']) AS plain_name,
           COALESCE(request_params['job_id'], request_params['jobId']) AS job_id,
           COALESCE(request_params['pipeline_id'], request_params['pipelineId']) AS pipeline_id,
           COALESCE(request_params['cluster_id'], request_params['clusterId']) AS cluster_id,
           CASE WHEN service_name = 'databrickssql' THEN COALESCE(request_params['warehouse_id'], request_params['endpointId'],
                                                                  request_params['id']) END AS warehouse_id,
           COALESCE(request_params['space_id'], request_params['spaceId']) AS space_id,
           COALESCE(request_params['dashboard_id'], request_params['dashboardId']) AS dashboard_id,
           COALESCE(request_params['targetGroupName'], request_params['target_group_name']) AS target_group,
           COALESCE(request_params['targetUserName'], request_params['target_user_name'], request_params['targetUserId']) AS member,
           request_params['scope'] AS scope,
           COALESCE(request_params['notebookId'], request_params['notebook_id']) AS notebook_id, request_params['path'] AS path
    FROM system.access.audit
    WHERE event_date >= :start AND event_date < :end AND event_time >= :since AND event_time < :until
      AND (:person = '' OR folded(user_identity.email) = folded(:person))
      AND (:action = '' OR contains(folded(concat(service_name, '.', action_name)), folded(:action)))
      AND in_workspaces(COALESCE(NULLIF(request_params['workspace_id'], ''), workspace_id))
    QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(event_id, concat_ws(' ', request_id, CAST(unix_micros(event_time) AS STRING),
                               service_name, action_name, folded(user_identity.email), request_params['full_name_arg'],
                               request_params['changes'])) ORDER BY event_time) = 1
  ) asked
) told
WHERE (:sorts = '' OR array_contains(split(:sorts, ','), sort)) AND (:outcome = '' OR outcome = :outcome)
