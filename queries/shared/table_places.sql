-- optional: [system.information_schema.tables.storage_path, system.information_schema.table_share_usage]
-- note: >
--   Under which addresses each table (folded) is found past its name: where its files lie, and as what it is shared
--   (share/schema/table, folded, behind "share:"). A path that is the place or lies in it is the table's.
SELECT folded(table_catalog || '.' || table_schema || '.' || table_name) AS table_name, placed(storage_path) AS place
FROM system.information_schema.tables
WHERE storage_path IS NOT NULL
UNION ALL
SELECT folded(catalog_name || '.' || schema_name || '.' || table_name) AS table_name,
       placed(folded('share://' || share_name || '/' || COALESCE(shared_as_schema, schema_name) || '/'
                     || COALESCE(shared_as_table, table_name))) AS place
FROM system.information_schema.table_share_usage
