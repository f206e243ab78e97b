-- optional: [system.information_schema.tables.storage_path]
-- note: Where the files of each table lie, with a slash behind it; a path that begins so is the table's.
SELECT table_catalog || '.' || table_schema || '.' || table_name AS table_name,
       placed(storage_path) || '/' AS place
FROM system.information_schema.tables
WHERE storage_path IS NOT NULL
