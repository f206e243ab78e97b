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
-- uses: [lineage_events, resource_names]
-- note: >
--   From lineage, one step downstream. The job's own reads of what it wrote do not count; the same job id in another
--   workspace is another job. Writes and reads by path leave no lineage.
WITH written AS (
  SELECT DISTINCT target_name AS table_name
  FROM lineage_events
  WHERE consumer_kind = 'job' AND workspace_id = :workspace_id AND consumer_id = :job_id AND target_name IS NOT NULL
), others AS (
  SELECT source_name, workspace_id, consumer_kind, consumer_id, ran_as, event_id, event_time
  FROM lineage_events
  WHERE source_name IS NOT NULL
    AND NOT (consumer_kind = 'job' AND workspace_id = :workspace_id AND consumer_id = :job_id)
)
SELECT w.table_name, r.consumer_kind, r.workspace_id AS consumer_workspace, r.consumer_id,
       COALESCE(MAX(n.resource_name), r.consumer_id) AS consumer, max_by(r.ran_as, r.event_time) AS owner,
       COUNT(DISTINCT r.event_id) AS reads, MAX(r.event_time) AS last_read
FROM written w
LEFT JOIN others r ON r.source_name = w.table_name
LEFT JOIN resource_names n
  ON n.workspace_id = r.workspace_id AND n.resource_kind = r.consumer_kind AND n.resource_id = r.consumer_id
GROUP BY w.table_name, r.consumer_kind, r.workspace_id, r.consumer_id
ORDER BY reads DESC, table_name, consumer_kind, consumer_workspace, consumer_id
LIMIT :limit
