-- question: Which tables are written again and again and read by nobody?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [table_name]
-- columns:
--   table_name: text  Table
--   writes: count  Writes  (clock hours with one)
--   first_write: time  (the first one since :start)
--   last_write: time  Last write
--   workspace_id: text
--   writer_kind: text  (job, pipeline, dashboard or person)
--   writer_id: text
--   writer: text  Written by
--   tables: count  (written ones that were looked at)
-- things: {table_name: [table, table_name], writer: [=writer_kind, workspace_id, writer_id]}
-- ttl: 12h
-- uses: [table_marks, table_reads, resource_versions]
-- evidence: [system.access.table_lineage, system.access.audit]
-- note: >
--   Tables that were written in at least 5 clock hours between :start and :end and that nobody but those who write them read, by
--   name, by path, through a view, or with a credential for its files. Who only asked for the table counts as a reader. Engines
--   outside that leave no trace are not known. Ask it for some months. Those written most often come first.
WITH written AS (
  SELECT table_name, COUNT(DISTINCT slot) AS writes, MIN(slot) AS first_write,
         MAX(CASE WHEN slot IS NOT NULL THEN last_at END) AS last_write,
         MAX(CASE WHEN slot IS NOT NULL THEN struct(last_at, consumer_kind, workspace_id, consumer_id) END) AS writer,
         MAX(CASE WHEN slot IS NULL AND is_writer = 0 THEN 1 ELSE 0 END) AS is_read
  FROM table_marks
  GROUP BY table_name
), used AS (
  SELECT table_name, consumer_kind, workspace_id, consumer_id, reads,
         MAX(CASE WHEN writes > 0 THEN 1 ELSE 0 END) OVER (
           PARTITION BY table_name, consumer_kind, workspace_id, consumer_id) AS is_writer
  FROM table_reads
), readers AS (
  SELECT DISTINCT table_name
  FROM used
  WHERE is_writer = 0 AND reads > 0
), counted AS (
  SELECT w.*, r.table_name IS NOT NULL AS is_used, COUNT(*) OVER () AS tables
  FROM written w
  LEFT JOIN readers r ON r.table_name = w.table_name
  WHERE w.writes >= 5 AND NOT startswith(w.table_name, 'system.')
)
SELECT c.table_name, c.writes, c.first_write, c.last_write, c.writer.workspace_id AS workspace_id,
       CASE c.writer.consumer_kind WHEN 'person' THEN 'principal' ELSE c.writer.consumer_kind END AS writer_kind, c.writer.consumer_id AS writer_id,
       CASE WHEN c.writer.consumer_kind = 'person' THEN c.writer.consumer_id ELSE known_name(n.resource_name) END AS writer,
       c.tables
FROM counted c
LEFT JOIN resource_versions n
  ON n.workspace_id = c.writer.workspace_id AND n.resource_kind = c.writer.consumer_kind AND n.resource_id = c.writer.consumer_id
WHERE c.is_read = 0 AND NOT c.is_used
QUALIFY ROW_NUMBER() OVER (PARTITION BY c.table_name ORDER BY n.change_time DESC NULLS LAST, n.delete_time DESC NULLS LAST) = 1
ORDER BY writes DESC, table_name
LIMIT :limit
