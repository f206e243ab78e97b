-- optional: [system.information_schema.tables.storage_path]
-- note: >
--   Each table that lineage between :start and :end names as source or target, with who used it (both folded). A side that
--   names no table but a path counts for the tables whose storage the path is or lies in: people read and write files of
--   external tables past their names. A path in two tables' storage is a use of both.
SELECT l.principal, folded(CASE WHEN l.is_path THEN t.table_name ELSE l.spot END) AS table_name, l.event_id, l.event_time
FROM (
  SELECT principal, event_id, event_time, is_path,
         explode(CASE WHEN is_path THEN
             transform(sequence(3, GREATEST(size(parts), 3)), n -> array_join(slice(parts, 1, n), '/'))
           ELSE array(name) END) AS spot
  FROM (
    SELECT folded(created_by) AS principal, COALESCE(event_id, record_id) AS event_id, event_time, side.name AS name,
           side.name IS NULL AS is_path, split(placed(side.path), '/') AS parts
    FROM system.access.table_lineage
    LATERAL VIEW explode(array(named_struct('name', source_table_full_name, 'path', source_path),
                               named_struct('name', target_table_full_name, 'path', target_path))) e AS side
    WHERE event_date >= :start AND event_date < :end AND (side.name IS NOT NULL OR side.path IS NOT NULL)
  ) sides
) l
LEFT JOIN (
  SELECT table_catalog || '.' || table_schema || '.' || table_name AS table_name,
         placed(storage_path) AS place
  FROM system.information_schema.tables
  WHERE storage_path IS NOT NULL
) t ON t.place = l.spot
WHERE NOT l.is_path OR t.table_name IS NOT NULL
