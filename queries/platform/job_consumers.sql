-- question: >
--   Which tables does a job write, and who reads them?
-- params: {start: date, end: date, workspace_id: text, job_id: text, limit: integer}
-- grain: [table_name, consumer_kind, consumer_workspace, consumer_id]
-- columns:
--   table_name: text
--   consumer_kind: text  (job, pipeline, dashboard or person; NULL where nobody reads it)
--   consumer_workspace: text
--   consumer_id: text
--   consumer: text
--   owner: text
--   reads: count
--   last_read: time
-- ttl: 1h
-- uses: [lineage_events, runner_names, table_places]
-- note: >
--   From lineage, one step downstream. The job's own reads of what it wrote do not count; the same job id in another
--   workspace is another job. What is written or read by the path of a table's storage counts for
--   the table.
WITH written AS (
  SELECT e.target_name AS table_name
  FROM lineage_events e
  WHERE e.consumer_kind = 'job' AND e.workspace_id = :workspace_id AND e.consumer_id = :job_id AND e.target_name IS NOT NULL
  UNION
  SELECT p.table_name
  FROM lineage_events e
  JOIN table_places p ON startswith(e.target_path, p.place)
  WHERE e.consumer_kind = 'job' AND e.workspace_id = :workspace_id AND e.consumer_id = :job_id
), others AS (
  SELECT source_name, source_path, workspace_id, consumer_kind, consumer_id, ran_as, event_id, event_time
  FROM lineage_events
  WHERE NOT (consumer_kind = 'job' AND workspace_id = :workspace_id AND consumer_id = :job_id)
), read_tables AS (
  SELECT o.source_name AS table_name, o.workspace_id, o.consumer_kind, o.consumer_id, o.ran_as, o.event_id, o.event_time
  FROM others o
  WHERE o.source_name IS NOT NULL
  UNION ALL
  SELECT p.table_name, o.workspace_id, o.consumer_kind, o.consumer_id, o.ran_as, o.event_id, o.event_time
  FROM written w
  JOIN table_places p ON p.table_name = w.table_name
  JOIN others o ON startswith(o.source_path, p.place)
)
SELECT w.table_name, r.consumer_kind, r.workspace_id AS consumer_workspace, r.consumer_id,
       COALESCE(MAX(n.runner_name), r.consumer_id) AS consumer, max_by(r.ran_as, r.event_time) AS owner,
       COUNT(DISTINCT r.event_id) AS reads, MAX(r.event_time) AS last_read
FROM written w
LEFT JOIN read_tables r ON r.table_name = w.table_name
LEFT JOIN runner_names n
  ON n.workspace_id = r.workspace_id AND n.runner_kind = r.consumer_kind AND n.runner_id = r.consumer_id
GROUP BY w.table_name, r.consumer_kind, r.workspace_id, r.consumer_id
ORDER BY reads DESC, table_name, consumer_kind, consumer_workspace, consumer_id
LIMIT :limit
