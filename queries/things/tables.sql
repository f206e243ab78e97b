-- question: Which tables does this read and write?
-- params: {start: date, end: date, workspaces: text, kind: text, workspace_id: text, id: text, limit: integer}
-- grain: [table_name]
-- columns:
--   table_name: text  Table
--   reads: count  Reads
--   writes: count  Writes
--   last_read: time  Last read
-- things: {table_name: [table, table_name]}
-- ttl: 1h
-- uses: [table_reads]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   Of a job, a pipeline or a dashboard (:id in :workspace_id), or of a principal in every workspace, from lineage and from
--   requests to Unity Catalog (table_reads). What leaves no lineage, as files that are read by their path, is not here.
SELECT table_name, SUM(reads) AS reads, SUM(writes) AS writes, MAX(last_read) AS last_read
FROM table_reads
WHERE in_workspaces(workspace_id)
  AND CASE WHEN :kind = 'principal' THEN consumer_kind = 'person' AND consumer_id = folded(:id)
           ELSE consumer_kind = :kind AND workspace_id = :workspace_id AND consumer_id = :id END
GROUP BY table_name
ORDER BY writes DESC, reads DESC, table_name
LIMIT :limit
