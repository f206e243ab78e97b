-- question: >
--   Which system tables and columns does this account have?
-- params: {}
-- grain: [table_schema, table_name, column_name]
-- columns:
--   table_schema: text
--   table_name: text
--   column_name: text
--   full_data_type: text
-- ttl: 12h
-- note: >
--   What the app may see: a table without a grant looks absent here, too. Older accounts lack newer columns and
--   previews.
SELECT table_schema, table_name, column_name, full_data_type
FROM system.information_schema.columns
WHERE table_catalog = 'system'
ORDER BY table_schema, table_name, column_name
