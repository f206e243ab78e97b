-- uses: [lineage_marks]
-- note: >
--   lineage_marks, with is_writer: whether the same consumer wrote the table in the window, whose reads are its own work.
SELECT table_name, slot, consumer_kind, workspace_id, consumer_id, last_at, events, sources,
       MAX(CASE WHEN slot IS NOT NULL THEN 1 ELSE 0 END) OVER (
         PARTITION BY table_name, consumer_kind, workspace_id, consumer_id) AS is_writer
FROM lineage_marks
