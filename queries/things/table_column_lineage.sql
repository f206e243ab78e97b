-- question: From which columns are the columns of this table made, and what is made from them?
-- params: {start: date, end: date, workspaces: text, id: text, limit: integer}
-- grain: [side, column_name, other_kind, other, other_column]
-- columns:
--   side: text  Which
--   column_name: text  Column
--   other_kind: code
--   other: text  Other table or path
--   other_column: text  Its column
--   writers: count  Jobs and others
--   last_seen: time  Last written
-- things: {other: [=other_kind, other]}
-- ttl: 1h
-- uses: [table_places]
-- optional: [system.access.column_lineage]
-- note: >
--   By column lineage: 'made from' are the columns that its own are written from, 'goes into' those that are written from its
--   own; an event with both names itself tells of the table and itself. The table is known by its full name, in any capitals,
--   or by the path of its storage; a path that is no table's is told as a path. What reads without writing (a person,
--   a dashboard) has no other side: it is among who reads it. writers are what ran, each once.
WITH mine AS (
  SELECT place
  FROM table_places
  WHERE table_name = folded(:id) AND NOT startswith(place, 'share:')
), lines AS (
  SELECT COALESCE(entity_type, '') || '/' || COALESCE(workspace_id, '') || '/' || COALESCE(entity_id, folded(created_by)) AS writer,
         folded(source_column_name) AS from_column, folded(target_column_name) AS to_column,
         folded(source_table_full_name) AS from_table, folded(target_table_full_name) AS to_table,
         CASE WHEN source_table_full_name IS NULL THEN source_path END AS from_path,
         CASE WHEN target_table_full_name IS NULL THEN target_path END AS to_path, event_time
  FROM system.access.column_lineage
  WHERE event_date >= :start AND event_date < :end AND in_workspaces(workspace_id)
    AND source_column_name IS NOT NULL AND target_column_name IS NOT NULL
), own AS (
  SELECT l.*, COALESCE(l.from_table = folded(:id) OR placed(l.from_path) = m.place
                  OR startswith(placed(l.from_path), m.place || '/'), false) AS is_from,
         COALESCE(l.to_table = folded(:id) OR placed(l.to_path) = m.place
                  OR startswith(placed(l.to_path), m.place || '/'), false) AS is_to
  FROM lines l
  LEFT JOIN mine m ON l.from_path IS NOT NULL OR l.to_path IS NOT NULL
), sided AS (
  SELECT CASE s.side WHEN 'made from' THEN to_column ELSE from_column END AS column_name, s.side,
         CASE s.side WHEN 'made from' THEN from_column ELSE to_column END AS other_column,
         CASE s.side WHEN 'made from' THEN from_table ELSE to_table END AS other_table,
         CASE s.side WHEN 'made from' THEN from_path ELSE to_path END AS other_path, writer, event_time
  FROM own
  LATERAL VIEW explode(array('made from', 'goes into')) s AS side
  WHERE CASE s.side WHEN 'made from' THEN is_to ELSE is_from END
)
SELECT o.side, o.column_name, CASE WHEN COALESCE(o.other_table, p.table_name) IS NULL THEN 'path' ELSE 'table' END AS other_kind,
       COALESCE(o.other_table, p.table_name, o.other_path) AS other, o.other_column, COUNT(DISTINCT o.writer) AS writers,
       MAX(o.event_time) AS last_seen
FROM sided o
LEFT JOIN table_places p ON p.place = placed(o.other_path)
WHERE COALESCE(o.other_table, o.other_path) IS NOT NULL
GROUP BY o.side, o.column_name, CASE WHEN COALESCE(o.other_table, p.table_name) IS NULL THEN 'path' ELSE 'table' END,
         COALESCE(o.other_table, p.table_name, o.other_path), o.other_column
ORDER BY o.side DESC, o.column_name, other, o.other_column, other_kind
LIMIT :limit
