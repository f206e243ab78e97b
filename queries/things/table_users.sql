-- question: Who reads and who writes this table?
-- params: {start: date, end: date, workspaces: text, id: text, limit: integer}
-- grain: [consumer_kind, workspace_id, consumer_id]
-- columns:
--   consumer_kind: code  Kind
--   workspace_id: text
--   consumer_id: text
--   consumer: text  Who
--   owner: text  Runs as
--   reads: count  Reads
--   writes: count  Writes
--   last_read: time  Last read
-- things: {consumer: [=consumer_kind, workspace_id, consumer_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [table_reads, runner_names]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   Jobs, pipelines, dashboards, people and recipients of shares, from lineage and from requests to Unity Catalog, by the
--   table's full name, by the path of its storage or as it is shared (table_reads). owner is as whom the newest read ran,
--   NULL where nothing was read. The same job id in two workspaces is two jobs.
SELECT r.consumer_kind, r.workspace_id, r.consumer_id, COALESCE(MAX(n.runner_name), r.consumer_id) AS consumer,
       NULLIF(max(struct(r.last_read, COALESCE(r.ran_as, '') AS ran_as)).ran_as, '') AS owner, SUM(r.reads) AS reads,
       SUM(r.writes) AS writes, MAX(r.last_read) AS last_read
FROM table_reads r
LEFT JOIN runner_names n
  ON n.workspace_id = r.workspace_id AND n.runner_kind = r.consumer_kind AND n.runner_id = r.consumer_id
WHERE r.table_name = folded(:id) AND in_workspaces(r.workspace_id)
GROUP BY r.consumer_kind, r.workspace_id, r.consumer_id
ORDER BY writes DESC, reads DESC, consumer_kind, workspace_id, consumer_id
LIMIT :limit
