-- question: What is granted to whom in Unity Catalog, and who owns it?
-- params: {limit: integer}
-- grain: [kind, place, grantee, privilege]
-- columns:
--   kind: code  On a
--   place: text  Securable
--   grantee: text  Granted to
--   privilege: text  Privilege
--   grantor: text  Granted by
--   table_full_name: text  (where the securable is a table or view)
-- things: {place: [=kind, place], grantee: [principal, grantee], grantor: [principal, grantor]}
-- ttl: 1h
-- note: >
--   Direct grants on catalogs, schemas, tables, views, volumes and functions, privileges in capitals with underscores; what is
--   inherited (inherited_from other than NONE) is not repeated. OWNER says whose each securable is: that row is there for
--   every one that has an owner, with a kind that tells views from tables (a grant on a view is one on a table here). That of
--   the metastore has an empty place. The catalog system and what is called information_schema are left out. Only what
--   the asking principal may see: information_schema hides the rest. What holds for many comes first, at most :limit rows.
SELECT kind, place, grantee, privilege, MAX(grantor) AS grantor,
       CASE WHEN kind IN ('table', 'view') THEN place END AS table_full_name
FROM (
  SELECT 'catalog' AS kind, catalog_name AS place, grantee,
         upper(replace(privilege_type, ' ', '_')) AS privilege, grantor
  FROM system.information_schema.catalog_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE' AND catalog_name <> 'system'
  UNION ALL
  SELECT 'schema' AS kind, catalog_name || '.' || schema_name AS place, grantee,
         upper(replace(privilege_type, ' ', '_')) AS privilege, grantor
  FROM system.information_schema.schema_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE' AND catalog_name <> 'system'
  UNION ALL
  SELECT 'table' AS kind, table_catalog || '.' || table_schema || '.' || table_name AS place, grantee,
         upper(replace(privilege_type, ' ', '_')) AS privilege, grantor
  FROM system.information_schema.table_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE' AND table_catalog <> 'system'
  UNION ALL
  SELECT 'volume' AS kind, volume_catalog || '.' || volume_schema || '.' || volume_name AS place, grantee,
         upper(replace(privilege_type, ' ', '_')) AS privilege, grantor
  FROM system.information_schema.volume_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE' AND volume_catalog <> 'system'
  UNION ALL
  SELECT 'function' AS kind, routine_catalog || '.' || routine_schema || '.' || routine_name AS place, grantee,
         upper(replace(privilege_type, ' ', '_')) AS privilege, grantor
  FROM system.information_schema.routine_privileges
  WHERE COALESCE(inherited_from, 'NONE') = 'NONE' AND routine_catalog <> 'system'
  UNION ALL
  SELECT 'metastore' AS kind, '' AS place, metastore_owner AS grantee,
         'OWNER' AS privilege, CAST(NULL AS STRING) AS grantor
  FROM system.information_schema.metastores
  UNION ALL
  SELECT 'catalog' AS kind, catalog_name AS place, catalog_owner AS grantee,
         'OWNER' AS privilege, CAST(NULL AS STRING) AS grantor
  FROM system.information_schema.catalogs
  WHERE catalog_name <> 'system'
  UNION ALL
  SELECT 'schema' AS kind, catalog_name || '.' || schema_name AS place, schema_owner AS grantee,
         'OWNER' AS privilege, CAST(NULL AS STRING) AS grantor
  FROM system.information_schema.schemata
  WHERE catalog_name <> 'system' AND schema_name <> 'information_schema'
  UNION ALL
  SELECT CASE WHEN table_type LIKE '%VIEW' THEN 'view' ELSE 'table' END AS kind, table_catalog || '.' || table_schema || '.' || table_name AS place, table_owner AS grantee,
         'OWNER' AS privilege, CAST(NULL AS STRING) AS grantor
  FROM system.information_schema.tables
  WHERE table_catalog <> 'system' AND table_schema <> 'information_schema'
  UNION ALL
  SELECT 'volume' AS kind, volume_catalog || '.' || volume_schema || '.' || volume_name AS place, volume_owner AS grantee,
         'OWNER' AS privilege, CAST(NULL AS STRING) AS grantor
  FROM system.information_schema.volumes
  WHERE volume_catalog <> 'system' AND volume_schema <> 'information_schema'
  UNION ALL
  SELECT 'function' AS kind, routine_catalog || '.' || routine_schema || '.' || routine_name AS place, routine_owner AS grantee,
         'OWNER' AS privilege, CAST(NULL AS STRING) AS grantor
  FROM system.information_schema.routines
  WHERE routine_catalog <> 'system' AND routine_schema <> 'information_schema'
) held
WHERE grantee IS NOT NULL
GROUP BY kind, place, grantee, privilege
ORDER BY size(split(place, '[.]')), place, kind, privilege, grantee
LIMIT :limit
