-- question: Which column is made from which column by whom, and who reads it without making anything?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [source, source_column, target, target_column, consumer_kind, workspace_id, consumer_id]
-- columns:
--   source: text  From
--   source_column: text  Column
--   target: text  To  (NULL for who only reads)
--   target_column: text  Its column  (NULL for who only reads)
--   consumer: text  By  (NULL for the people who only read)
--   last_at: time  Last
--   consumer_kind: code
--   workspace_id: text  (NULL for the people who only read)
--   consumer_id: text  (NULL for the people who only read)
--   readers: count  Who read  (people who only read; else 1)
-- things: {source: [table, source], target: [table, target], consumer: [=consumer_kind, workspace_id, consumer_id]}
-- ttl: 1h
-- uses: [runner_names, table_places]
-- optional: [system.access.column_lineage]
-- evidence: [system.access.column_lineage]
-- note: >
--   Column lineage alone, between :start and :end: what table lineage tells of tables is never taken for their columns. A job,
--   pipeline or dashboard that wrote a column from a column, in all its runs, is one row; who read a column and wrote none of
--   that table's has no target, and people among them are one row for each column, told by their number. A path is a table's where it is the place
--   of its storage; what was read or written by any other path is not here. Tables of system are left out. The newest first where the :limit cuts.
WITH lines AS (
  SELECT l.workspace_id, l.event_time, COALESCE(folded(l.source_table_full_name), p.table_name) AS source,
         folded(l.source_column_name) AS source_column, COALESCE(folded(l.target_table_full_name), q.table_name) AS target,
         folded(l.target_column_name) AS target_column, l.kind AS consumer_kind,
         COALESCE(CASE l.kind WHEN 'job' THEN COALESCE(l.entity_metadata.job_info.job_id, l.entity_id)
                              WHEN 'pipeline' THEN COALESCE(l.entity_metadata.dlt_pipeline_info.dlt_pipeline_id, l.entity_id)
                              WHEN 'dashboard' THEN COALESCE(l.entity_id, l.entity_metadata.dashboard_id)
                              ELSE NULLIF(folded(l.created_by), '') END, 'unknown') AS consumer_id
  FROM (
    SELECT *, CASE WHEN entity_metadata.job_info.job_id IS NOT NULL OR entity_type = 'JOB' THEN 'job'
                   WHEN entity_metadata.dlt_pipeline_info.dlt_pipeline_id IS NOT NULL OR entity_type = 'PIPELINE' THEN 'pipeline'
                   WHEN entity_type IN ('DASHBOARD_V3', 'DBSQL_DASHBOARD') THEN 'dashboard'
                   ELSE 'person' END AS kind
    FROM system.access.column_lineage
    WHERE event_date >= :start AND event_date < :end AND in_workspaces(workspace_id) AND source_column_name IS NOT NULL
  ) l
  LEFT JOIN table_places p ON l.source_table_full_name IS NULL AND p.place = placed(l.source_path)
  LEFT JOIN table_places q ON l.target_table_full_name IS NULL AND q.place = placed(l.target_path)
), weighed AS (
  SELECT *, MAX(CASE WHEN target IS NOT NULL THEN 1 ELSE 0 END) OVER (
           PARTITION BY source, source_column, consumer_kind, workspace_id, consumer_id) AS makes,
         target IS NULL AND consumer_kind = 'person' AS is_reader
  FROM lines
  WHERE source IS NOT NULL AND (target IS NULL) = (target_column IS NULL) AND NOT startswith(source, 'system.')
    AND NOT startswith(COALESCE(target, ''), 'system.')
), hops AS (
  SELECT source, source_column, target, target_column, consumer_kind, CASE WHEN NOT is_reader THEN workspace_id END AS workspace_id,
         CASE WHEN NOT is_reader THEN consumer_id END AS consumer_id, MAX(last_at) AS last_at, COUNT(DISTINCT reader) AS readers
  FROM (SELECT *, event_time AS last_at, consumer_id AS reader FROM weighed) w
  WHERE (target IS NOT NULL OR makes = 0) AND (target IS NULL OR source <> target OR source_column <> target_column)
  GROUP BY source, source_column, target, target_column, consumer_kind, CASE WHEN NOT is_reader THEN workspace_id END,
           CASE WHEN NOT is_reader THEN consumer_id END
)
SELECT h.source, h.source_column, h.target, h.target_column, COALESCE(n.runner_name, h.consumer_id) AS consumer, h.last_at, h.consumer_kind,
       h.workspace_id, h.consumer_id, h.readers
FROM hops h
LEFT JOIN runner_names n
  ON n.workspace_id = h.workspace_id AND n.runner_kind = h.consumer_kind AND n.runner_id = h.consumer_id
ORDER BY last_at DESC, source, source_column, target NULLS FIRST, target_column NULLS FIRST, consumer_kind, workspace_id NULLS FIRST,
         consumer_id NULLS FIRST
LIMIT :limit
