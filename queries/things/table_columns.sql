-- question: Which columns has this table?
-- params: {workspaces: text, id: text, limit: integer}
-- grain: [column_name]
-- columns:
--   column_name: text  Column
--   type: text  Type
--   optional: flag  May be empty
--   comment: text  About
--   tags: texts  Tags  (key=value, in the order of the alphabet)
--   masked: flag  Masked
-- ttl: 1h
-- optional: [system.information_schema.column_tags, system.information_schema.column_masks]
-- note: >
--   As the table is now, in its own order. masked is by a mask of the column itself; one that a policy puts on it by its tags is not
--   among these. Tables belong to no workspace: whoever may see some workspaces only is told nothing.
WITH labels AS (
  SELECT folded(column_name) AS column_name,
         array_sort(collect_set(tidied(tag_name) || COALESCE('=' || NULLIF(tidied(tag_value), ''), ''))) AS tags
  FROM system.information_schema.column_tags
  WHERE folded(catalog_name || '.' || schema_name || '.' || table_name) = folded(:id)
  GROUP BY folded(column_name)
), masks AS (
  SELECT DISTINCT folded(column_name) AS column_name
  FROM system.information_schema.column_masks
  WHERE folded(table_catalog || '.' || table_schema || '.' || table_name) = folded(:id)
)
SELECT c.column_name, COALESCE(c.full_data_type, c.data_type) AS type,
       c.is_nullable = 'YES' AS optional, NULLIF(tidied(c.comment), '') AS comment, l.tags, m.column_name IS NOT NULL AS masked
FROM system.information_schema.columns c
LEFT JOIN labels l ON l.column_name = folded(c.column_name)
LEFT JOIN masks m ON m.column_name = folded(c.column_name)
WHERE folded(c.table_catalog || '.' || c.table_schema || '.' || c.table_name) = folded(:id) AND in_workspaces('')
ORDER BY c.ordinal_position, c.column_name
LIMIT :limit
