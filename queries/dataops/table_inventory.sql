-- question: How many tables of which type and format does each schema have, and how many were made lately?
-- params: {start: date, end: date}
-- grain: [in_catalog, in_schema, table_type, table_format]
-- columns:
--   in_catalog: text  Catalog
--   schema: text  Schema
--   table_type: code  Type
--   table_format: code  Format
--   tables: count  Tables
--   made: count  Made lately  (between :start and :end)
--   in_schema: text  (catalog.schema)
-- things: {in_catalog: [catalog, in_catalog], schema: [schema, in_schema]}
-- ttl: 12h
-- note: >
--   What the catalog knows and whoever asks may see: a table without a right on it is not there. Schemas of information and of the
--   catalog system are left out. A view has no format.
SELECT table_catalog AS in_catalog, table_schema AS schema, table_type, NULLIF(data_source_format, '') AS table_format, COUNT(*) AS tables,
       COUNT(CASE WHEN created >= :start AND created < :end THEN 1 END) AS made,
       table_catalog || '.' || table_schema AS in_schema
FROM system.information_schema.tables
WHERE folded(table_schema) <> 'information_schema' AND folded(table_catalog) <> 'system'
GROUP BY table_catalog, table_schema, table_type, NULLIF(data_source_format, '')
ORDER BY tables DESC, in_catalog, schema, table_type, table_format NULLS FIRST
