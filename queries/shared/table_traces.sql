-- uses: [table_places]
-- optional: [system.access.column_lineage]
-- note: >
--   Every trace between :start and :end that a table (folded) was used, by its name, by the path of its storage or of a
--   file in it, or as it is shared: lineage of tables and of columns on either side, and requests to Unity Catalog for
--   the table, a credential for its files or its rows. A path in two tables' storage is a use of both. What ran is a
--   job (also a notebook that ran as its task), a pipeline or a dashboard, known by its id, or a recipient of a share;
--   anything else is the person who ran it. An id is unique only within its workspace. ran_as is the identity that needed
--   the privileges, principals are all that the trace names (both folded). use: read, write, request (the table was
--   asked for, or a right that also lets write) or refused (also what only makes a table). is_named: by its name, not by a path. made_from is the table (folded) that a write read from, where that is known by its name.
SELECT t.source, t.use, t.workspace_id, t.consumer_kind, t.consumer_id, t.ran_as, t.principals,
       COALESCE(p.table_name, t.spot) AS table_name, t.is_named, t.made_from, t.event_id, t.event_time
FROM (
  SELECT source, use, workspace_id, consumer_kind, consumer_id, ran_as, principals, event_id, event_time, made_from,
         table_name IS NOT NULL AS is_named,
         explode(CASE WHEN table_name IS NOT NULL THEN array(table_name) ELSE
             transform(sequence(2, GREATEST(size(parts), 2)), n -> array_join(slice(parts, 1, n), '/')) END) AS spot
  FROM (
    SELECT source, use, workspace_id, consumer_kind, consumer_id, ran_as, principals, event_id, event_time, folded(made_from) AS made_from,
           folded(table_name) AS table_name, split(placed(CASE WHEN table_name IS NULL THEN path END), '/') AS parts
    FROM (
      SELECT source, side.use AS use, workspace_id, consumer_kind,
             COALESCE(CASE consumer_kind WHEN 'job' THEN COALESCE(job_id, entity_id)
                                         WHEN 'pipeline' THEN COALESCE(pipeline_id, entity_id)
                                         WHEN 'dashboard' THEN COALESCE(entity_id, dashboard_id)
                                         ELSE ran_as END, 'unknown') AS consumer_id,
             ran_as, array(ran_as) AS principals, event_id, event_time, side.name AS table_name, side.path AS path,
             side.made_from AS made_from
      FROM (
        SELECT source, workspace_id, entity_id, entity_metadata.job_info.job_id AS job_id,
               entity_metadata.dlt_pipeline_info.dlt_pipeline_id AS pipeline_id,
               entity_metadata.dashboard_id AS dashboard_id, NULLIF(folded(created_by), '') AS ran_as,
               COALESCE(event_id, record_id, CAST(unix_micros(event_time) AS STRING)) AS event_id, event_time,
               CASE WHEN entity_metadata.job_info.job_id IS NOT NULL OR entity_type = 'JOB' THEN 'job'
                    WHEN entity_metadata.dlt_pipeline_info.dlt_pipeline_id IS NOT NULL OR entity_type = 'PIPELINE'
                      THEN 'pipeline'
                    WHEN entity_type IN ('DASHBOARD_V3', 'DBSQL_DASHBOARD') THEN 'dashboard'
                    ELSE 'person' END AS consumer_kind,
               explode(array(named_struct('use', 'read', 'name', source_table_full_name, 'path', source_path, 'made_from', CAST(NULL AS STRING)),
                             named_struct('use', 'write', 'name', target_table_full_name, 'path', target_path, 'made_from',
                                          source_table_full_name))) AS side
        FROM (
          SELECT 'table lineage' AS source, workspace_id, entity_type, entity_id, entity_metadata, created_by, event_id,
                 record_id, event_time, source_table_full_name, source_path, target_table_full_name, target_path
          FROM system.access.table_lineage
          WHERE event_date >= :start AND event_date < :end
          UNION ALL
          SELECT 'column lineage' AS source, workspace_id, entity_type, entity_id, entity_metadata, created_by, event_id,
                 record_id, event_time, source_table_full_name, source_path, target_table_full_name, target_path
          FROM system.access.column_lineage
          WHERE event_date >= :start AND event_date < :end
        ) lineage
      ) ran
      UNION ALL
      SELECT 'audit' AS source, use, workspace_id, CASE WHEN recipient IS NULL THEN 'person' ELSE 'recipient' END AS consumer_kind,
             COALESCE(recipient, run_by, run_as, email) AS consumer_id, COALESCE(recipient, run_as, email) AS ran_as,
             principals, event_id, event_time, table_name, path, CAST(NULL AS STRING) AS made_from
      FROM (
        SELECT use, workspace_id, principals[0] AS email, principals[1] AS run_by, principals[2] AS run_as, recipient,
               filter(principals, one -> one IS NOT NULL) AS principals, event_id, event_time, table_name, path
        FROM (
          SELECT CASE WHEN response.status_code >= 400 OR request_params['operation'] = 'PATH_CREATE_TABLE' THEN 'refused'
                      WHEN startswith(action_name, 'deltaSharing') OR request_params['operation'] IN ('READ', 'PATH_READ')
                        THEN 'read'
                      ELSE 'request' END AS use,
                 NULLIF(COALESCE(request_params['workspace_id'], workspace_id), '0') AS workspace_id,
                 transform(transform(array(user_identity.email, identity_metadata.run_by, identity_metadata.run_as,
                                           request_params['share_owner']), one -> folded(one)),
                           one -> CASE WHEN one NOT IN ('', 'unknown', 'system-user') THEN one END) AS principals,
                 folded(request_params['recipient_name']) AS recipient,
                 COALESCE(event_id, request_id, CAST(unix_micros(event_time) AS STRING)) AS event_id, event_time,
                 COALESCE(request_params['table_full_name'], request_params['full_name_arg']) AS table_name,
                 COALESCE(request_params['url'], request_params['table_url'],
                          folded('share://' || COALESCE(request_params['share'], request_params['share_name']) || '/'
                                 || COALESCE(request_params['schema'], request_params['schema_name']) || '/'
                                 || COALESCE(request_params['name'], request_params['table_name']))) AS path
          FROM system.access.audit
          WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
            AND action_name IN ('getTable', 'generateTemporaryTableCredential', 'generateTemporaryTableCredentials',
                                'generateTemporaryPathCredential', 'generateTemporaryPathCredentials',
                                'deltaSharingQueryTable', 'deltaSharingQueryTableChanges', 'deltaSharingQueriedTable',
                                'deltaSharingQueriedTableChanges')
        ) asked
      ) named
      WHERE COALESCE(recipient, run_by, run_as, email) IS NOT NULL OR size(principals) > 0
    ) traces
    WHERE table_name IS NOT NULL OR path IS NOT NULL
  ) addressed
) t
LEFT JOIN table_places p ON NOT t.is_named AND p.place = t.spot
WHERE t.is_named OR p.table_name IS NOT NULL
