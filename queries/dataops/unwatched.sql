-- question: Which of the most-read tables does no quality monitor look at?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [table_name]
-- columns:
--   table_name: text  Table
--   monitor: text  Monitor  (scans it, could not look, or none)
--   readers: count  Readers
--   reads: count  Reads
--   dashboards: count  Dashboards
--   last_scan: time  Last scan
--   fed: text  (its dashboards as workspace/id, with commas between)
-- things: {table_name: [table, table_name]}
-- ttl: 1h
-- uses: [table_marks]
-- evidence: [system.access.table_lineage]
-- note: >
--   The :limit tables that most read between :start and :end: jobs, pipelines, dashboards and people, through views too, without
--   those who write it. A monitor scans a table where one of its scans in the window came to an answer. Expectations of
--   pipelines are not looked at. What is not read is not here.
WITH used AS (
  SELECT table_name, SUM(events) AS reads,
         COUNT(DISTINCT concat_ws('/', consumer_kind, CASE WHEN consumer_kind = 'person' THEN '' ELSE COALESCE(workspace_id, '') END,
                                  consumer_id)) AS readers,
         COUNT(DISTINCT CASE WHEN consumer_kind = 'dashboard' THEN concat_ws('/', workspace_id, consumer_id) END) AS dashboards,
         array_sort(collect_set(CASE WHEN consumer_kind = 'dashboard' THEN concat_ws('/', workspace_id, consumer_id) END)) AS fed
  FROM table_marks
  WHERE slot IS NULL AND is_writer = 0
  GROUP BY table_name
), scans AS (
  SELECT folded(catalog_name || '.' || schema_name || '.' || table_name) AS table_name, MAX(event_time) AS last_scan,
         MAX(CASE WHEN status IN ('Healthy', 'Unhealthy') THEN 1 ELSE 0 END) AS has_answer
  FROM system.data_quality_monitoring.table_results
  WHERE event_time >= :start AND event_time < :end
  GROUP BY folded(catalog_name || '.' || schema_name || '.' || table_name)
)
SELECT u.table_name, CASE s.has_answer WHEN 1 THEN 'scans it' WHEN 0 THEN 'could not look' ELSE 'none' END AS monitor,
       u.readers, u.reads, u.dashboards, s.last_scan, NULLIF(array_join(u.fed, ','), '') AS fed
FROM used u
LEFT JOIN scans s ON s.table_name = u.table_name
WHERE NOT startswith(u.table_name, 'system.')
ORDER BY readers DESC, reads DESC, table_name
LIMIT :limit
