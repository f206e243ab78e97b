-- question: Which columns that are read are gone, and who read them?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [table_name, column_name]
-- columns:
--   table_name: text  Table
--   column_name: text  Column
--   last_read: time  Last read
--   jobs: count  Jobs
--   dashboards: count  Dashboards
--   others: count  Others  (pipelines and people)
--   changed_at: time  Changed
--   changed_by: text  Changed by
--   watched: count  (tables whose columns were read)
-- things: {table_name: [table, table_name], changed_by: [principal, changed_by]}
-- ttl: 1h
-- uses: []
-- optional: [system.access.column_lineage]
-- evidence: [system.access.column_lineage]
-- note: >
--   A column that lineage saw read between :start and :end and that its table, which is still there and whose columns the app
--   may see, no longer has: dropped or renamed. Readers are those of that column, not of the table; who reads by the path of
--   the files leaves no column. changed_at is the table's newest change of definition after the last read; NULL where audit
--   has none. What read it is known by its id within its workspace, people by who ran it.
WITH read AS (
  SELECT folded(source_table_full_name) AS table_name, folded(source_column_name) AS column_name, event_time, workspace_id,
         CASE WHEN entity_metadata.job_info.job_id IS NOT NULL OR entity_type = 'JOB' THEN 'job'
              WHEN entity_type IN ('DASHBOARD_V3', 'DBSQL_DASHBOARD') THEN 'dashboard'
              WHEN entity_metadata.dlt_pipeline_info.dlt_pipeline_id IS NOT NULL OR entity_type = 'PIPELINE' THEN 'pipeline'
              ELSE 'person' END AS consumer_kind,
         COALESCE(entity_metadata.job_info.job_id, entity_metadata.dlt_pipeline_info.dlt_pipeline_id,
                  CASE WHEN entity_type IN ('JOB', 'PIPELINE', 'DASHBOARD_V3', 'DBSQL_DASHBOARD') THEN entity_id END,
                  folded(created_by)) AS consumer_id
  FROM system.access.column_lineage
  WHERE event_date >= :start AND event_date < :end AND source_table_full_name IS NOT NULL AND source_column_name IS NOT NULL
    AND in_workspaces(workspace_id)
), used AS (
  SELECT table_name, column_name, MAX(event_time) AS last_read,
         COUNT(DISTINCT CASE WHEN consumer_kind = 'job' THEN concat_ws('/', workspace_id, consumer_id) END) AS jobs,
         COUNT(DISTINCT CASE WHEN consumer_kind = 'dashboard' THEN concat_ws('/', workspace_id, consumer_id) END) AS dashboards,
         COUNT(DISTINCT CASE WHEN consumer_kind = 'pipeline' THEN concat_ws('/', workspace_id, consumer_id)
                             WHEN consumer_kind = 'person' THEN consumer_id END) AS others
  FROM read
  GROUP BY table_name, column_name
), columns AS (
  SELECT folded(table_catalog || '.' || table_schema || '.' || table_name) AS table_name, collect_set(folded(column_name)) AS names
  FROM system.information_schema.columns
  GROUP BY folded(table_catalog || '.' || table_schema || '.' || table_name)
), gone AS (
  SELECT u.*, array_contains(c.names, u.column_name) AS is_there, size(collect_set(u.table_name) OVER ()) AS watched
  FROM used u
  JOIN columns c ON c.table_name = u.table_name
), edits AS (
  SELECT folded(request_params['full_name_arg']) AS table_name, event_time,
         NULLIF(folded(user_identity.email), '') AS changed_by
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog' AND action_name = 'updateTables'
    AND COALESCE(response.status_code, 200) < 400
)
SELECT g.table_name, g.column_name, g.last_read, g.jobs, g.dashboards, g.others,
       MAX(e.event_time) AS changed_at, MAX(struct(e.event_time, e.changed_by)).changed_by AS changed_by, g.watched
FROM gone g
LEFT JOIN edits e ON e.table_name = g.table_name AND e.event_time >= g.last_read
WHERE NOT g.is_there
GROUP BY g.table_name, g.column_name, g.last_read, g.jobs, g.dashboards, g.others, g.watched
ORDER BY g.jobs + g.dashboards + g.others DESC, g.last_read DESC, g.table_name, g.column_name
LIMIT :limit
