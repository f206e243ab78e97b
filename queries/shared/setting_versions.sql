-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines, system.compute.warehouses, system.compute.clusters,
--   system.serving.served_entities]
-- note: >
--   Every version of every job, pipeline, warehouse and cluster that people made, with its settings as a list: what each
--   is called, its value as text, its unit. A version may leave out what did not change: such a value is NULL. The name
--   is the newest that any version has. Of a serving endpoint what each configuration serves: that it was made, deleted or
--   changed in another way is in the audit log only. Older versions of a job know who it runs as by id only: ids are compared with ids.
SELECT 'job' AS kind, workspace_id, job_id AS thing_id, newest_known(name, job_id) AS name,
       change_time, delete_time, create_time, folded(creator_user_name) AS made_by,
       array(named_struct('setting', 'name', 'value', name, 'unit', ''),
             named_struct('setting', 'runs as', 'value', folded(run_as_user_name), 'unit', ''),
             named_struct('setting', 'runs as id', 'value', CASE WHEN folded(run_as_user_name) IS NULL THEN folded(run_as) END,
                          'unit', ''),
             named_struct('setting', 'schedule', 'value', concat(trigger.schedule.quartz_cron_expression, ' ',
                                                                 COALESCE(trigger.schedule.timezone_id, '')), 'unit', ''),
             named_struct('setting', 'state', 'value', CASE WHEN paused THEN 'paused' WHEN NOT paused THEN 'on' END,
                          'unit', ''),
             named_struct('setting', 'timeout', 'value', CAST(timeout_seconds AS STRING), 'unit', ' s'),
             named_struct('setting', 'tags', 'value', array_join(array_sort(transform(map_entries(tags),
                          e -> concat(e.key, '=', COALESCE(e.value, '')))), ', '), 'unit', '')) AS settings
FROM system.lakeflow.jobs
UNION ALL
SELECT 'pipeline' AS kind, workspace_id, pipeline_id AS thing_id, newest_known(name, pipeline_id) AS name,
       change_time, delete_time, create_time, folded(created_by) AS made_by,
       array(named_struct('setting', 'name', 'value', name, 'unit', ''),
             named_struct('setting', 'runs as', 'value', folded(run_as), 'unit', ''),
             named_struct('setting', 'edition', 'value', settings.edition, 'unit', ''),
             named_struct('setting', 'channel', 'value', settings.channel, 'unit', ''),
             named_struct('setting', 'mode', 'value', CASE WHEN settings.continuous THEN 'continuous'
                                                           WHEN NOT settings.continuous THEN 'triggered' END, 'unit', ''),
             named_struct('setting', 'compute', 'value', CASE WHEN settings.serverless THEN 'serverless'
                                                              WHEN NOT settings.serverless THEN 'classic' END, 'unit', ''),
             named_struct('setting', 'development', 'value', CASE WHEN settings.development THEN 'on'
                                                                  WHEN NOT settings.development THEN 'off' END, 'unit', ''),
             named_struct('setting', 'tags', 'value', array_join(array_sort(transform(map_entries(tags),
                          e -> concat(e.key, '=', COALESCE(e.value, '')))), ', '), 'unit', '')) AS settings
FROM system.lakeflow.pipelines
UNION ALL
SELECT 'warehouse' AS kind, workspace_id, warehouse_id AS thing_id, newest_known(warehouse_name, warehouse_id) AS name,
       change_time, delete_time, CAST(NULL AS TIMESTAMP) AS create_time, folded(created_by) AS made_by,
       array(named_struct('setting', 'name', 'value', warehouse_name, 'unit', ''),
             named_struct('setting', 'size', 'value', replace(replace(replace(replace(warehouse_size, '_', '-'),
                          'SMALL', 'Small'), 'MEDIUM', 'Medium'), 'LARGE', 'Large'), 'unit', ''),
             named_struct('setting', 'auto-stop', 'value', CAST(auto_stop_minutes AS STRING), 'unit', ' min'),
             named_struct('setting', 'clusters at least', 'value', CAST(min_clusters AS STRING), 'unit', ''),
             named_struct('setting', 'clusters at most', 'value', CAST(max_clusters AS STRING), 'unit', ''),
             named_struct('setting', 'type', 'value', warehouse_type, 'unit', ''),
             named_struct('setting', 'channel', 'value', warehouse_channel, 'unit', ''),
             named_struct('setting', 'tags', 'value', array_join(array_sort(transform(map_entries(tags),
                          e -> concat(e.key, '=', COALESCE(e.value, '')))), ', '), 'unit', '')) AS settings
FROM system.compute.warehouses
UNION ALL
SELECT 'cluster' AS kind, workspace_id, cluster_id AS thing_id, known_name AS name, change_time, delete_time, create_time,
       folded(owned_by) AS made_by,
       array(named_struct('setting', 'name', 'value', cluster_name, 'unit', ''),
             named_struct('setting', 'owner', 'value', folded(owned_by), 'unit', ''),
             named_struct('setting', 'runtime', 'value', dbr_version, 'unit', ''),
             named_struct('setting', 'driver', 'value', driver_node_type, 'unit', ''),
             named_struct('setting', 'node', 'value', worker_node_type, 'unit', ''),
             named_struct('setting', 'workers', 'value', COALESCE(CAST(worker_count AS STRING),
                          concat(CAST(min_autoscale_workers AS STRING), '-', CAST(max_autoscale_workers AS STRING))),
                          'unit', ''),
             named_struct('setting', 'auto-termination', 'value', CAST(auto_termination_minutes AS STRING), 'unit', ' min'),
             named_struct('setting', 'policy', 'value', policy_id, 'unit', ''),
             named_struct('setting', 'tags', 'value', array_join(array_sort(transform(map_entries(tags),
                          e -> concat(e.key, '=', COALESCE(e.value, '')))), ', '), 'unit', '')) AS settings
FROM (
  SELECT *, newest_known(cluster_name, cluster_id) AS known_name,
         newest_known(cluster_source, cluster_id) AS known_source
  FROM system.compute.clusters
  WHERE cluster_source IS NULL OR cluster_source IN ('UI', 'API')
) versions
WHERE known_source IN ('UI', 'API')
UNION ALL
SELECT 'endpoint' AS kind, workspace_id, endpoint_id AS thing_id, MAX(endpoint_name) AS name, MAX(change_time) AS change_time,
       MAX(endpoint_delete_time) AS delete_time, CAST(NULL AS TIMESTAMP) AS create_time, CAST(NULL AS STRING) AS made_by,
       array(named_struct('setting', 'serves', 'value', array_join(array_sort(collect_set(
               concat(entity_name, CASE WHEN entity_version <> '' THEN concat(' version ', entity_version) ELSE '' END))), ', '),
                          'unit', '')) AS settings
FROM system.serving.served_entities
GROUP BY workspace_id, endpoint_id, endpoint_config_version, endpoint_delete_time IS NOT NULL
