-- question: >
--   Which tables does a job write, and who reads them?
-- params: {start: date, end: date, workspace_id: text, job_id: text, limit: integer}
-- grain: [table_name, consumer_kind, consumer_workspace, consumer_id]
-- columns:
--   table_name: text
--   consumer_kind: text  (job, pipeline, dashboard, person or recipient of a share; NULL where nobody reads it)
--   consumer_workspace: text
--   consumer_id: text
--   consumer: text
--   owner: text
--   reads: count
--   last_read: time
-- things: {table_name: [table, table_name], consumer: [=consumer_kind, consumer_workspace, consumer_id], owner: [principal,
--   owner]}
-- ttl: 1h
-- uses: [table_reads, runner_names]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   One step downstream, from lineage and from requests to Unity Catalog (table_reads). The job's own reads of what it
--   wrote do not count, nor what its identity asks for; the same job id in another workspace is another job. What is
--   written or read by the path of a table's storage counts for the table.
WITH marked AS (
  SELECT *, MAX(CASE WHEN is_own AND writes > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY table_name) AS is_written,
         MAX(CASE WHEN is_own THEN 1 ELSE 0 END) OVER (PARTITION BY table_name, ran_as) AS is_its_identity
  FROM (
    SELECT *, COALESCE(consumer_kind = 'job' AND workspace_id = :workspace_id AND consumer_id = :job_id, false) AS is_own
    FROM table_reads
  ) uses
), told AS (
  SELECT *, reads > 0 AND NOT is_own AND NOT (source = 'audit' AND consumer_kind = 'person' AND is_its_identity = 1) AS counts
  FROM marked
  WHERE is_written = 1
), readers AS (
  SELECT table_name, CASE WHEN counts THEN consumer_kind END AS consumer_kind,
         CASE WHEN counts THEN workspace_id END AS consumer_workspace, CASE WHEN counts THEN consumer_id END AS consumer_id,
         NULLIF(max(struct(last_read, CASE WHEN counts THEN COALESCE(ran_as, '') END AS ran_as)).ran_as, '') AS owner,
         SUM(CASE WHEN counts THEN reads ELSE 0 END) AS reads, MAX(CASE WHEN counts THEN last_read END) AS last_read
  FROM told
  GROUP BY table_name, CASE WHEN counts THEN consumer_kind END, CASE WHEN counts THEN workspace_id END,
           CASE WHEN counts THEN consumer_id END
), known AS (
  SELECT *, COUNT(consumer_id) OVER (PARTITION BY table_name) AS consumers
  FROM readers
)
SELECT r.table_name, r.consumer_kind, r.consumer_workspace, r.consumer_id,
       COALESCE(n.runner_name, r.consumer_id) AS consumer, r.owner, r.reads, r.last_read
FROM known r
LEFT JOIN runner_names n
  ON n.workspace_id = r.consumer_workspace AND n.runner_kind = r.consumer_kind AND n.runner_id = r.consumer_id
WHERE r.consumer_id IS NOT NULL OR r.consumers = 0
ORDER BY reads DESC, table_name, consumer_kind, consumer_workspace, consumer_id
LIMIT :limit
