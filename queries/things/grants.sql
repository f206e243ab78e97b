-- question: Who may read or change this table, or what is in this schema or catalog, and through what?
-- params: {workspaces: text, kind: text, id: text, limit: integer}
-- grain: [grantee, level]
-- columns:
--   grantee: text  Who
--   grantee_kind: code  Kind
--   level: code  Through
--   given: text  Rights there
--   reads: flag  May read
--   changes: flag  May change
--   lacking: text  Lacks by that name
-- things: {grantee: [=grantee_kind, grantee]}
-- ttl: 30m
-- optional: [system.information_schema.catalogs, system.information_schema.schemata,
--   system.information_schema.catalog_privileges, system.information_schema.schema_privileges,
--   system.information_schema.table_privileges]
-- note: >
--   Of the table, schema or catalog (:kind) :id. Rights on it, and on the schema and catalog that it is in, one row for each
--   holder and level; owners hold everything there.
--   A right on a catalog or schema holds for what is in it. SELECT alone opens nothing: lacking says USE CATALOG or USE SCHEMA
--   where the holder has it nowhere by that name; a group that they are in may give it, and groups of people are in no
--   system table. reads and changes are of the holder, from all levels together, with what is lacking taken as given
--   elsewhere; ALL PRIVILEGES is each of them, MANAGE and BROWSE are none. What a view shows is read with the rights of its owner.
--   Tables belong to no workspace: whoever may see some workspaces only is told nothing.
WITH one AS (
  SELECT folded(table_catalog) AS in_catalog, folded(table_schema) AS in_schema, folded(table_name) AS in_table,
         folded(table_owner) AS owned
  FROM system.information_schema.tables
  WHERE :kind = 'table' AND in_workspaces('') AND folded(table_catalog || '.' || table_schema || '.' || table_name) = folded(:id)
  UNION ALL
  SELECT folded(catalog_name) AS in_catalog, folded(schema_name) AS in_schema, CAST(NULL AS STRING) AS in_table,
         CAST(NULL AS STRING) AS owned
  FROM system.information_schema.schemata
  WHERE :kind = 'schema' AND in_workspaces('') AND folded(catalog_name || '.' || schema_name) = folded(:id)
  UNION ALL
  SELECT folded(catalog_name) AS in_catalog, CAST(NULL AS STRING) AS in_schema, CAST(NULL AS STRING) AS in_table,
         CAST(NULL AS STRING) AS owned
  FROM system.information_schema.catalogs
  WHERE :kind = 'catalog' AND in_workspaces('') AND folded(catalog_name) = folded(:id)
), rights AS (
  SELECT p.grantee, p.level, replace(p.privilege, ' ', '_') AS privilege
  FROM (
    SELECT folded(grantee) AS grantee, 'catalog' AS level, privilege_type AS privilege, catalog_name AS in_catalog,
           CAST(NULL AS STRING) AS in_schema, CAST(NULL AS STRING) AS in_table
    FROM system.information_schema.catalog_privileges
    UNION ALL
    SELECT folded(grantee) AS grantee, CASE inherited_from WHEN 'CATALOG' THEN 'catalog' ELSE 'schema' END AS level,
           privilege_type AS privilege, catalog_name AS in_catalog, schema_name AS in_schema, CAST(NULL AS STRING) AS in_table
    FROM system.information_schema.schema_privileges
    UNION ALL
    SELECT folded(grantee) AS grantee,
           CASE inherited_from WHEN 'CATALOG' THEN 'catalog' WHEN 'SCHEMA' THEN 'schema' ELSE 'table' END AS level,
           privilege_type AS privilege, table_catalog AS in_catalog, table_schema AS in_schema, table_name AS in_table
    FROM system.information_schema.table_privileges
    UNION ALL
    SELECT folded(catalog_owner) AS grantee, 'catalog' AS level, 'OWNER' AS privilege, catalog_name AS in_catalog,
           CAST(NULL AS STRING) AS in_schema, CAST(NULL AS STRING) AS in_table
    FROM system.information_schema.catalogs
    UNION ALL
    SELECT folded(schema_owner) AS grantee, 'schema' AS level, 'OWNER' AS privilege, catalog_name AS in_catalog,
           schema_name AS in_schema, CAST(NULL AS STRING) AS in_table
    FROM system.information_schema.schemata
    UNION ALL
    SELECT owned AS grantee, 'table' AS level, 'OWNER' AS privilege, in_catalog, in_schema, in_table
    FROM one
  ) p
  JOIN one t ON t.in_catalog = folded(p.in_catalog) AND (p.in_schema IS NULL OR t.in_schema = folded(p.in_schema))
    AND (p.in_table IS NULL OR t.in_table = folded(p.in_table))
  WHERE p.grantee <> ''
), held AS (
  SELECT grantee, level, privilege, privilege IN ('OWNER', 'ALL_PRIVILEGES') AS is_all
  FROM rights
  GROUP BY grantee, level, privilege
), by_level AS (
  SELECT grantee, level, array_join(array_sort(collect_list(replace(privilege, '_', ' '))), ', ') AS given,
         MAX(CASE WHEN is_all OR privilege = 'SELECT' THEN 1 ELSE 0 END) AS selects,
         MAX(CASE WHEN is_all OR privilege = 'MODIFY' THEN 1 ELSE 0 END) AS modifies,
         MAX(CASE WHEN level = 'catalog' AND (is_all OR privilege = 'USE_CATALOG') THEN 1 ELSE 0 END) AS uses_catalog,
         MAX(CASE WHEN level IN ('catalog', 'schema') AND (is_all OR privilege = 'USE_SCHEMA') THEN 1 ELSE 0 END) AS uses_schema
  FROM held
  GROUP BY grantee, level
), reached AS (
  SELECT *, MAX(selects) OVER (PARTITION BY grantee) = 1 AS may_read, MAX(modifies) OVER (PARTITION BY grantee) = 1 AS may_change,
         MAX(uses_catalog) OVER (PARTITION BY grantee) = 1 AS has_catalog,
         MAX(uses_schema) OVER (PARTITION BY grantee) = 1 AS has_schema
  FROM by_level
)
SELECT grantee,
       CASE WHEN grantee = 'account users' THEN 'everybody'
            WHEN contains(grantee, '@') THEN 'person'
            WHEN grantee RLIKE '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN 'service'
            ELSE 'group' END AS grantee_kind,
       level, given, may_read AS reads, may_change AS changes,
       NULLIF(concat_ws(', ', CASE WHEN (may_read OR may_change) AND NOT has_catalog THEN 'USE CATALOG' END,
                        CASE WHEN (may_read OR may_change) AND NOT has_schema THEN 'USE SCHEMA' END), '') AS lacking
FROM reached
ORDER BY may_read DESC, may_change DESC, CASE WHEN grantee = 'account users' THEN 0 ELSE 1 END, lacking NULLS FIRST, grantee,
         level DESC
LIMIT :limit
