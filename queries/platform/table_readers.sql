-- question: >
--   Who reads a table?
-- params: {start: date, end: date, table_name: text, limit: integer}
-- grain: [consumer_kind, workspace_id, consumer_id]
-- columns:
--   consumer_kind: text  (job, pipeline, dashboard, person or recipient of a share)
--   workspace_id: text
--   consumer_id: text
--   consumer: text
--   owner: text
--   reads: count
--   last_read: time
-- things: {consumer: [=consumer_kind, workspace_id, consumer_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [table_reads, runner_names]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   From lineage and from requests to Unity Catalog, by the table's full name, by the path of its storage or as it is
--   shared (table_reads); an empty table_name means any. owner is as whom the newest read ran. A person who reads in two
--   workspaces has two rows.
SELECT r.consumer_kind, r.workspace_id, r.consumer_id, COALESCE(MAX(n.runner_name), r.consumer_id) AS consumer,
       NULLIF(max(struct(r.last_read, COALESCE(r.ran_as, '') AS ran_as)).ran_as, '') AS owner, SUM(r.reads) AS reads,
       MAX(r.last_read) AS last_read
FROM table_reads r
LEFT JOIN runner_names n
  ON n.workspace_id = r.workspace_id AND n.runner_kind = r.consumer_kind AND n.runner_id = r.consumer_id
WHERE r.reads > 0 AND (:table_name = '' OR r.table_name = folded(:table_name))
GROUP BY r.consumer_kind, r.workspace_id, r.consumer_id
ORDER BY reads DESC, consumer_kind, workspace_id, consumer_id
LIMIT :limit
