-- question: Which rights on catalogs, schemas and tables does this person or service hold by their own name?
-- params: {workspaces: text, id: text, limit: integer}
-- grain: [securable_kind, securable]
-- columns:
--   securable_kind: code  Kind
--   securable: text  On
--   given: text  Rights
-- things: {securable: [=securable_kind, securable]}
-- ttl: 30m
-- optional: [system.information_schema.catalogs, system.information_schema.schemata,
--   system.information_schema.catalog_privileges, system.information_schema.schema_privileges,
--   system.information_schema.table_privileges]
-- note: >
--   Rights given to them by name, and what they own (OWNER), on catalogs, schemas and tables, as information_schema lists
--   them now, each where it was given: what is inherited from there is not repeated. What a group gives them is not here.
--   These belong to no workspace: whoever may see some workspaces only is told nothing.
SELECT securable_kind, securable, array_join(array_sort(collect_set(replace(privilege, '_', ' '))), ', ') AS given
FROM (
  SELECT 'catalog' AS securable_kind, folded(catalog_name) AS securable, privilege_type AS privilege, folded(grantee) AS holder
  FROM system.information_schema.catalog_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE'
  UNION ALL
  SELECT 'schema' AS securable_kind, folded(catalog_name || '.' || schema_name) AS securable, privilege_type AS privilege,
         folded(grantee) AS holder
  FROM system.information_schema.schema_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE'
  UNION ALL
  SELECT 'table' AS securable_kind, folded(table_catalog || '.' || table_schema || '.' || table_name) AS securable,
         privilege_type AS privilege, folded(grantee) AS holder
  FROM system.information_schema.table_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE'
  UNION ALL
  SELECT 'catalog' AS securable_kind, folded(catalog_name) AS securable, 'OWNER' AS privilege, folded(catalog_owner) AS holder
  FROM system.information_schema.catalogs
  UNION ALL
  SELECT 'schema' AS securable_kind, folded(catalog_name || '.' || schema_name) AS securable, 'OWNER' AS privilege,
         folded(schema_owner) AS holder
  FROM system.information_schema.schemata
  UNION ALL
  SELECT 'table' AS securable_kind, folded(table_catalog || '.' || table_schema || '.' || table_name) AS securable,
         'OWNER' AS privilege, folded(table_owner) AS holder
  FROM system.information_schema.tables
) rights
WHERE holder = folded(:id) AND in_workspaces('')
GROUP BY securable_kind, securable
ORDER BY securable_kind, securable
LIMIT :limit
