-- optional: [system.information_schema.views]
-- note: >
--   The views that there are, by their names (folded).
SELECT folded(table_catalog || '.' || table_schema || '.' || table_name) AS view_name
FROM system.information_schema.views
