-- optional: [system.information_schema.tables.storage_path]
-- note: >
--   Lineage between :start and :end that names no table but a path, with the tables whose storage the path is or lies in:
--   people read and write files of external tables past their names. A path in two tables' storage is a use of both.
SELECT e.created_by, e.event_id, e.event_time, t.table_name
FROM (
  SELECT created_by, event_id, event_time,
         explode(transform(sequence(3, GREATEST(size(parts), 3)), n -> array_join(slice(parts, 1, n), '/'))) AS place
  FROM (
    SELECT folded(created_by) AS created_by, COALESCE(event_id, record_id) AS event_id, event_time,
           split(regexp_replace(source_path, '/+$', ''), '/') AS parts
    FROM system.access.table_lineage
    WHERE event_date >= :start AND event_date < :end AND source_table_full_name IS NULL AND source_path IS NOT NULL
    UNION ALL
    SELECT folded(created_by) AS created_by, COALESCE(event_id, record_id) AS event_id, event_time,
           split(regexp_replace(target_path, '/+$', ''), '/') AS parts
    FROM system.access.table_lineage
    WHERE event_date >= :start AND event_date < :end AND target_table_full_name IS NULL AND target_path IS NOT NULL
  ) named
) e
JOIN (
  SELECT table_catalog || '.' || table_schema || '.' || table_name AS table_name,
         regexp_replace(storage_path, '/+$', '') AS place
  FROM system.information_schema.tables
  WHERE storage_path IS NOT NULL
) t ON t.place = e.place
