-- note: >
--   Lineage events between :start and :end, one row per source and target. What ran is a job (also a notebook that ran
--   as its task), a pipeline or a dashboard, known by its id; anything else is the person who ran it. An id is unique
--   only within its workspace. ran_as is the identity that needed the privileges. A side that is named by its path only
--   has source_path or target_path, with a slash behind it (see table_places).
SELECT workspace_id, consumer_kind,
       CASE consumer_kind
            WHEN 'job' THEN COALESCE(entity_metadata.job_info.job_id, entity_id)
            WHEN 'pipeline' THEN COALESCE(entity_metadata.dlt_pipeline_info.dlt_pipeline_id, entity_id)
            WHEN 'dashboard' THEN COALESCE(entity_id, entity_metadata.dashboard_id)
            ELSE folded(created_by) END AS consumer_id,
       folded(created_by) AS ran_as, source_table_full_name AS source_name, target_table_full_name AS target_name,
       CASE WHEN source_table_full_name IS NULL THEN placed(source_path) || '/' END AS source_path,
       CASE WHEN target_table_full_name IS NULL THEN placed(target_path) || '/' END AS target_path,
       COALESCE(event_id, record_id) AS event_id, event_time
FROM (
  SELECT *,
         CASE WHEN entity_metadata.job_info.job_id IS NOT NULL OR entity_type = 'JOB' THEN 'job'
              WHEN entity_metadata.dlt_pipeline_info.dlt_pipeline_id IS NOT NULL OR entity_type = 'PIPELINE' THEN 'pipeline'
              WHEN entity_type IN ('DASHBOARD_V3', 'DBSQL_DASHBOARD') THEN 'dashboard'
              ELSE 'person' END AS consumer_kind
  FROM system.access.table_lineage
  WHERE event_date >= :start AND event_date < :end
) events
