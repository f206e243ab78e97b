-- question: Whose work does this job or pipeline need, and who needs its?
-- params: {start: date, end: date, workspaces: text, kind: text, workspace_id: text, id: text, limit: integer}
-- grain: [side, consumer_kind, workspace_id, consumer_id]
-- columns:
--   side: text  Which  (it needs, or needs it)
--   consumer_kind: code  Kind
--   workspace_id: text
--   consumer_id: text
--   consumer: text  Who
--   tables: count  Tables
--   through: text  Through  (the first of them by name)
--   last_read: time  Last read
-- things: {consumer: [=consumer_kind, workspace_id, consumer_id], through: [table, through]}
-- ttl: 1h
-- uses: [table_reads, runner_names]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   Through tables, by lineage and by requests to Unity Catalog (table_reads): 'it needs' those who write what it reads, 'needs
--   it' are those who read what it writes. What its own identity asked for by a request is its own. Files that are read by
--   their path only leave no lineage; whoever may see some workspaces only is told of those.
WITH uses AS (
  SELECT *, SUM(CASE WHEN is_mine THEN reads ELSE 0 END) OVER (PARTITION BY table_name) AS my_reads,
         SUM(CASE WHEN is_mine THEN writes ELSE 0 END) OVER (PARTITION BY table_name) AS my_writes,
         MAX(CASE WHEN is_mine THEN 1 ELSE 0 END) OVER (PARTITION BY table_name, ran_as) AS as_mine
  FROM (
    SELECT *, COALESCE(consumer_kind = :kind AND workspace_id = :workspace_id AND consumer_id = :id
                       AND in_workspaces(workspace_id), false) AS is_mine
    FROM table_reads
  ) marked
), sided AS (
  SELECT *
  FROM uses
  LATERAL VIEW explode(array('it needs', 'needs it')) e AS side
)
SELECT s.side, s.consumer_kind, s.workspace_id, s.consumer_id,
       COALESCE(MAX(n.runner_name), s.consumer_id) AS consumer, COUNT(DISTINCT s.table_name) AS tables,
       MIN(s.table_name) AS through, MAX(s.last_read) AS last_read
FROM sided s
LEFT JOIN runner_names n
  ON n.workspace_id = s.workspace_id AND n.runner_kind = s.consumer_kind AND n.runner_id = s.consumer_id
WHERE NOT s.is_mine AND in_workspaces(s.workspace_id)
  AND NOT (s.source = 'audit' AND s.consumer_kind = 'person' AND s.as_mine = 1)
  AND CASE s.side WHEN 'it needs' THEN s.my_reads > 0 AND s.writes > 0 ELSE s.my_writes > 0 AND s.reads > 0 END
GROUP BY s.side, s.consumer_kind, s.workspace_id, s.consumer_id
ORDER BY s.side, tables DESC, s.consumer_kind, s.workspace_id, s.consumer_id
LIMIT :limit
