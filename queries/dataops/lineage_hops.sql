-- question: What is made from which table by whom, and who reads it without making anything?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [source, target, consumer_kind, workspace_id, consumer_id]
-- columns:
--   source: text  From  (NULL where it was written from no table)
--   target: text  To  (NULL for who only reads)
--   consumer: text  By  (NULL for the people who only read)
--   last_at: time  Last
--   consumer_kind: code
--   workspace_id: text
--   consumer_id: text  (NULL for the people who only read)
--   readers: count  Who read  (people who only read; else 1)
-- things: {source: [table, source], target: [table, target], consumer: [=consumer_kind, workspace_id, consumer_id]}
-- ttl: 1h
-- uses: [lineage_marks, runner_names]
-- evidence: [system.access.table_lineage]
-- note: >
--   Every step of table lineage between :start and :end: a job, pipeline, dashboard or person that wrote target from source, in all
--   its runs one row. Whoever read a table by a path in its storage is a reader; what was made of that is written from no table. Who read a table, through views too, and made nothing
--   from it has no target; people who only read are one row for each table, told by their number. Tables of system are left out.
--   Files that are no table's have no name: their side is NULL. The newest first where the :limit cuts.
WITH stepped AS (
  SELECT CASE WHEN slot IS NULL THEN table_name ELSE NULLIF(one, '') END AS source,
         CASE WHEN slot IS NOT NULL THEN table_name END AS target, consumer_kind, workspace_id, consumer_id, last_at
  FROM (
    SELECT table_name, slot, consumer_kind, workspace_id, consumer_id, last_at,
           explode(CASE WHEN slot IS NULL OR COALESCE(size(sources), 0) <= 0 THEN array('') ELSE sources END) AS one
    FROM lineage_marks
  ) apart
), weighed AS (
  SELECT *, MAX(CASE WHEN target IS NOT NULL THEN 1 ELSE 0 END) OVER (
           PARTITION BY source, consumer_kind, workspace_id, consumer_id) AS makes,
         target IS NULL AND consumer_kind = 'person' AS is_reader
  FROM stepped
), hops AS (
  SELECT source, target, consumer_kind, CASE WHEN is_reader THEN CAST(NULL AS STRING) ELSE workspace_id END AS workspace_id,
         CASE WHEN is_reader THEN CAST(NULL AS STRING) ELSE consumer_id END AS consumer_id, MAX(last_at) AS last_at,
         COUNT(DISTINCT consumer_id) AS readers
  FROM weighed
  WHERE (target IS NOT NULL OR makes = 0) AND COALESCE(source, '') <> COALESCE(target, '')
    AND NOT startswith(COALESCE(source, ''), 'system.') AND NOT startswith(COALESCE(target, ''), 'system.')
  GROUP BY source, target, consumer_kind, CASE WHEN is_reader THEN CAST(NULL AS STRING) ELSE workspace_id END,
           CASE WHEN is_reader THEN CAST(NULL AS STRING) ELSE consumer_id END
)
SELECT h.source, h.target, COALESCE(n.runner_name, h.consumer_id) AS consumer, h.last_at, h.consumer_kind, h.workspace_id, h.consumer_id, h.readers
FROM hops h
LEFT JOIN runner_names n
  ON n.workspace_id = h.workspace_id AND n.runner_kind = h.consumer_kind AND n.runner_id = h.consumer_id
ORDER BY last_at DESC, source NULLS FIRST, target NULLS FIRST, consumer_kind, workspace_id NULLS FIRST, consumer_id NULLS FIRST
LIMIT :limit
