-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines, system.compute.warehouses, system.compute.clusters,
--   system.serving.served_entities, system.access.workspaces_latest, system.information_schema.tables,
--   system.information_schema.schemata, system.information_schema.catalogs, system.access.audit]
-- note: >
--   Every version of the thing of :kind that :id names in :workspace_id, as this region's settings hold it; a run is told of
--   by its job, a model by the endpoints that serve it, a Genie space by what the audit log has of its making and naming from :start to :end. settings say what and value, a colon between, of what is set. A table, schema or catalog
--   belongs to no workspace: whoever may see some workspaces only is told nothing of it. Deletions are versions with a delete_time, and may leave out the rest.
SELECT name, COALESCE(NULLIF(folded(run_as_user_name), ''), NULLIF(folded(run_as), '')) AS owner, change_time, create_time,
       delete_time, filter(array(
         'Schedule: ' || trigger.schedule.quartz_cron_expression || ' ' || trigger.schedule.timezone_id,
         'Trigger: ' || CASE WHEN trigger.schedule IS NULL THEN trigger_type END,
         CASE WHEN paused THEN 'Paused: yes' END,
         'Timeout: ' || CAST(NULLIF(timeout_seconds, 0) AS STRING) || ' s'), s -> s IS NOT NULL) AS settings
FROM system.lakeflow.jobs
WHERE :kind IN ('job', 'run') AND workspace_id = :workspace_id AND job_id = split(:id, '/')[0] AND in_workspaces(workspace_id)
UNION ALL
SELECT name, COALESCE(NULLIF(folded(run_as), ''), NULLIF(folded(created_by), '')) AS owner, change_time, create_time, delete_time,
       filter(array('Type: ' || pipeline_type, 'Edition: ' || settings.edition, 'Channel: ' || settings.channel,
         CASE WHEN settings.serverless THEN 'Serverless: yes' END, CASE WHEN settings.continuous THEN 'Continuous: yes' END,
         CASE WHEN settings.development THEN 'Development: yes' END, CASE WHEN settings.photon THEN 'Photon: yes' END),
         s -> s IS NOT NULL) AS settings
FROM system.lakeflow.pipelines
WHERE :kind = 'pipeline' AND workspace_id = :workspace_id AND pipeline_id = :id AND in_workspaces(workspace_id)
UNION ALL
SELECT warehouse_name AS name, NULLIF(folded(created_by), '') AS owner, change_time, CAST(NULL AS TIMESTAMP) AS create_time,
       delete_time, filter(array('Type: ' || warehouse_type, 'Size: ' || warehouse_size,
         'Clusters: ' || CAST(min_clusters AS STRING) || ' to ' || CAST(max_clusters AS STRING),
         CASE WHEN auto_stop_minutes > 0 THEN 'Auto-stop: ' || CAST(auto_stop_minutes AS STRING) || ' min'
              ELSE 'Auto-stop: never' END,
         'Channel: ' || warehouse_channel), s -> s IS NOT NULL) AS settings
FROM system.compute.warehouses
WHERE :kind = 'warehouse' AND workspace_id = :workspace_id AND warehouse_id = :id AND in_workspaces(workspace_id)
UNION ALL
SELECT cluster_name AS name, NULLIF(folded(owned_by), '') AS owner, change_time, create_time, delete_time,
       filter(array('Made by: ' || cluster_source, 'Runtime: ' || dbr_version, 'Driver: ' || driver_node_type,
         'Workers: ' || COALESCE(CAST(worker_count AS STRING),
                                 CAST(min_autoscale_workers AS STRING) || ' to ' || CAST(max_autoscale_workers AS STRING))
                     || COALESCE(' × ' || worker_node_type, ''),
         'Auto-termination: ' || CAST(auto_termination_minutes AS STRING) || ' min', 'Policy: ' || policy_id,
         'Access: ' || data_security_mode), s -> s IS NOT NULL) AS settings
FROM system.compute.clusters
WHERE :kind = 'cluster' AND workspace_id = :workspace_id AND cluster_id = :id AND in_workspaces(workspace_id)
UNION ALL
SELECT MAX(endpoint_name) AS name, MAX(NULLIF(folded(created_by), '')) AS owner, MAX(change_time) AS change_time,
       CAST(NULL AS TIMESTAMP) AS create_time, MAX(endpoint_delete_time) AS delete_time,
       array_sort(collect_set('Serves: ' || entity_name || COALESCE(' version ' || entity_version, ''))) AS settings
FROM system.serving.served_entities
WHERE :kind = 'endpoint' AND workspace_id = :workspace_id AND (endpoint_id = :id OR endpoint_name = :id)
  AND in_workspaces(workspace_id)
GROUP BY endpoint_id, endpoint_config_version
UNION ALL
SELECT MAX(entity_name) AS name, CAST(NULL AS STRING) AS owner, MAX(change_time) AS change_time, CAST(NULL AS TIMESTAMP) AS create_time,
       CAST(NULL AS TIMESTAMP) AS delete_time, array_sort(collect_set('Served: version ' || entity_version)) AS settings
FROM system.serving.served_entities
WHERE :kind = 'model' AND entity_type = 'CUSTOM_MODEL' AND folded(entity_name) = folded(:id) AND in_workspaces(workspace_id)
HAVING COUNT(*) > 0
UNION ALL
SELECT workspace_name AS name, CAST(NULL AS STRING) AS owner, create_time AS change_time, create_time,
       CAST(NULL AS TIMESTAMP) AS delete_time, filter(array('Status: ' || status), s -> s IS NOT NULL) AS settings
FROM system.access.workspaces_latest
WHERE :kind = 'workspace' AND workspace_id = :id AND in_workspaces(workspace_id)
UNION ALL
SELECT request_params['display_name'] AS name,
       CASE WHEN action_name = 'createSpace' THEN NULLIF(folded(user_identity.email), '') END AS owner, event_time AS change_time,
       CASE WHEN action_name = 'createSpace' THEN event_time END AS create_time, CAST(NULL AS TIMESTAMP) AS delete_time,
       CAST(NULL AS ARRAY<STRING>) AS settings
FROM system.access.audit
WHERE :kind = 'space' AND event_date >= :start AND event_date < :end AND service_name = 'aibiGenie' AND response.status_code < 400
  AND workspace_id = :workspace_id AND request_params['space_id'] = :id AND request_params['display_name'] IS NOT NULL
  AND in_workspaces(workspace_id)
UNION ALL
SELECT table_catalog || '.' || table_schema || '.' || table_name AS name, NULLIF(folded(table_owner), '') AS owner,
       last_altered AS change_time, created AS create_time, CAST(NULL AS TIMESTAMP) AS delete_time,
       filter(array('Type: ' || table_type, 'Format: ' || data_source_format, 'Last altered by: ' || last_altered_by,
         'About: ' || comment), s -> s IS NOT NULL) AS settings
FROM system.information_schema.tables
WHERE :kind = 'table' AND in_workspaces('')
  AND folded(table_catalog || '.' || table_schema || '.' || table_name) = folded(:id)
UNION ALL
SELECT catalog_name || '.' || schema_name AS name, NULLIF(folded(schema_owner), '') AS owner, last_altered AS change_time,
       created AS create_time, CAST(NULL AS TIMESTAMP) AS delete_time,
       filter(array('Last altered by: ' || last_altered_by, 'About: ' || comment), s -> s IS NOT NULL) AS settings
FROM system.information_schema.schemata
WHERE :kind = 'schema' AND in_workspaces('') AND folded(catalog_name || '.' || schema_name) = folded(:id)
UNION ALL
SELECT catalog_name AS name, NULLIF(folded(catalog_owner), '') AS owner, last_altered AS change_time, created AS create_time,
       CAST(NULL AS TIMESTAMP) AS delete_time,
       filter(array('Last altered by: ' || last_altered_by, 'About: ' || comment), s -> s IS NOT NULL) AS settings
FROM system.information_schema.catalogs
WHERE :kind = 'catalog' AND in_workspaces('') AND folded(catalog_name) = folded(:id)
