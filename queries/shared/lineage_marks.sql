-- uses: [table_places, views]
-- note: >
--   What table lineage tells of each table (folded) between :start and :end, by its name or by the path of its storage or of a
--   file in it: one row for each clock hour in which a consumer wrote it (slot), and one for each consumer that read it (slot
--   NULL). Whoever reads a view reads the tables that it was made from, too, where its making is in the window. Consumers are
--   those of table_traces. sources are the tables (folded) that the same writes read, last_at is the newest event, events
--   counts them.
SELECT spot AS table_name, slot, consumer_kind, workspace_id, consumer_id, last_at, events, sources
FROM (
  SELECT m.table_name, m.slot, m.consumer_kind, m.workspace_id, m.consumer_id, m.last_at, m.events, m.sources,
         CASE WHEN m.slot IS NULL AND v.view_name IS NOT NULL
              THEN array_append(array_distinct(flatten(collect_list(m.sources) OVER (PARTITION BY m.table_name))), m.table_name)
              ELSE array(m.table_name) END AS spots
  FROM (
    SELECT COALESCE(p.table_name, s.spot) AS table_name, s.slot, s.consumer_kind, s.workspace_id, s.consumer_id,
           MAX(s.event_time) AS last_at, COUNT(DISTINCT s.event_id) AS events,
           collect_set(CASE WHEN s.slot IS NOT NULL THEN s.source END) AS sources
    FROM (
      SELECT is_named, slot, consumer_kind, workspace_id, COALESCE(consumer_id, 'unknown') AS consumer_id, event_id,
             event_time, source, spot
      FROM (
        SELECT side.name IS NOT NULL AS is_named, CASE WHEN side.use = 'write' THEN date_trunc('HOUR', event_time) END AS slot,
               consumer_kind, workspace_id, event_id, event_time, folded(source_table_full_name) AS source,
               CASE consumer_kind WHEN 'job' THEN COALESCE(job_id, entity_id)
                                  WHEN 'pipeline' THEN COALESCE(pipeline_id, entity_id)
                                  WHEN 'dashboard' THEN COALESCE(entity_id, dashboard_id)
                                  ELSE ran_as END AS consumer_id,
               explode(CASE WHEN side.name IS NOT NULL THEN array(folded(side.name)) ELSE
                 transform(sequence(2, GREATEST(size(split(placed(side.path), '/')), 2)),
                           n -> array_join(slice(split(placed(side.path), '/'), 1, n), '/')) END) AS spot
        FROM (
          SELECT workspace_id, entity_id, entity_metadata.job_info.job_id AS job_id,
                 entity_metadata.dlt_pipeline_info.dlt_pipeline_id AS pipeline_id,
                 entity_metadata.dashboard_id AS dashboard_id, NULLIF(folded(created_by), '') AS ran_as,
                 COALESCE(event_id, record_id, CAST(unix_micros(event_time) AS STRING)) AS event_id, event_time,
                 source_table_full_name,
                 CASE WHEN entity_metadata.job_info.job_id IS NOT NULL OR entity_type = 'JOB' THEN 'job'
                      WHEN entity_metadata.dlt_pipeline_info.dlt_pipeline_id IS NOT NULL OR entity_type = 'PIPELINE'
                        THEN 'pipeline'
                      WHEN entity_type IN ('DASHBOARD_V3', 'DBSQL_DASHBOARD') THEN 'dashboard'
                      ELSE 'person' END AS consumer_kind,
                 array(named_struct('use', 'read', 'name', source_table_full_name, 'path', source_path),
                       named_struct('use', 'write', 'name', target_table_full_name, 'path', target_path)) AS sides
          FROM system.access.table_lineage
          WHERE event_date >= :start AND event_date < :end AND in_workspaces(workspace_id)
        ) ran
        LATERAL VIEW explode(sides) e AS side
        WHERE side.name IS NOT NULL OR side.path IS NOT NULL
      ) addressed
    ) s
    LEFT JOIN table_places p ON NOT s.is_named AND p.place = s.spot
    WHERE s.is_named OR p.table_name IS NOT NULL
    GROUP BY COALESCE(p.table_name, s.spot), s.slot, s.consumer_kind, s.workspace_id, s.consumer_id
  ) m
  LEFT JOIN views v ON v.view_name = m.table_name
) viewed
LATERAL VIEW explode(spots) e AS spot
