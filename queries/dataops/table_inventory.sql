-- question: How many tables of which type and format does each schema have, and how many were made lately?
-- params: {start: date, end: date}
-- grain: [catalog_name, schema_name, table_type, table_format]
-- columns:
--   catalog_name: text  Catalog
--   schema: text  Schema
--   table_type: code  Type
--   table_format: code  Format
--   tables: count  Tables
--   made: count  Made lately  (between :start and :end)
--   schema_name: text  (catalog.schema)
-- things: {catalog_name: [catalog, catalog_name], schema: [schema, schema_name]}
-- ttl: 12h
-- note: >
--   What the catalog knows and whoever asks may see: a table without a right on it is not there. Schemas of information and of the
--   catalog system are left out. A view has no format.
SELECT table_catalog AS catalog_name, table_schema AS schema, table_type, NULLIF(data_source_format, '') AS table_format, COUNT(*) AS tables,
       COUNT(CASE WHEN created >= :start AND created < :end THEN 1 END) AS made,
       table_catalog || '.' || table_schema AS schema_name
FROM system.information_schema.tables
WHERE folded(table_schema) <> 'information_schema' AND folded(table_catalog) <> 'system'
GROUP BY table_catalog, table_schema, table_type, NULLIF(data_source_format, '')
ORDER BY tables DESC, catalog_name, schema, table_type, table_format NULLS FIRST
