-- question: >
--   Who reads a table?
-- params: {start: date, end: date, table_name: text, limit: integer}
-- grain: [consumer_kind, workspace_id, consumer_id]
-- columns:
--   consumer_kind: text  (job, pipeline, dashboard or person)
--   workspace_id: text
--   consumer_id: text
--   consumer: text
--   owner: text
--   reads: count
--   last_read: time
-- ttl: 1h
-- uses: [lineage_events, runner_names, table_places]
-- note: >
--   From lineage, by the table's full name or by the path of its storage; an empty table_name means any that is named.
--   owner is as whom the newest read ran. A person who reads in two workspaces has two rows.
SELECT r.consumer_kind, r.workspace_id, r.consumer_id, COALESCE(MAX(n.runner_name), r.consumer_id) AS consumer,
       max_by(r.ran_as, r.event_time) AS owner, COUNT(DISTINCT r.event_id) AS reads, MAX(r.event_time) AS last_read
FROM lineage_events r
CROSS JOIN (SELECT MAX(place) AS place FROM table_places WHERE folded(table_name) = folded(:table_name)) p
LEFT JOIN runner_names n
  ON n.workspace_id = r.workspace_id AND n.runner_kind = r.consumer_kind AND n.runner_id = r.consumer_id
WHERE (r.source_name IS NOT NULL AND (:table_name = '' OR folded(r.source_name) = folded(:table_name)))
   OR startswith(r.source_path, p.place)
GROUP BY r.consumer_kind, r.workspace_id, r.consumer_id
ORDER BY reads DESC, consumer_kind, workspace_id, consumer_id
LIMIT :limit
