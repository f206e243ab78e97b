-- question: What is in this schema or catalog, and is it used?
-- params: {start: date, end: date, workspaces: text, kind: text, id: text, limit: integer}
-- grain: [part]
-- columns:
--   part_kind: code
--   part: text  Name
--   type: code  Type  (of a table, NULL of a schema)
--   owner: text  Owner
--   tables: count  Tables
--   read: count  Of them read
--   readers: count  Readers
--   writes: count  Writes
--   altered: time  Last altered
-- things: {part: [=part_kind, part], owner: [principal, owner]}
-- ttl: 1h
-- uses: [table_reads]
-- optional: [system.access.audit, system.information_schema.schemata]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   The tables and views of a schema, or the schemas of a catalog (:kind) as they are now, an empty schema too. Readers and writes are
--   those between :start and :end, by lineage and by requests to Unity Catalog (table_reads); each reader counts once a
--   table. Both belong to no workspace: whoever may see some workspaces only is told nothing.
WITH uses AS (
  SELECT table_name, SUM(CASE WHEN reads > 0 THEN 1 ELSE 0 END) AS readers, SUM(writes) AS writes
  FROM table_reads
  WHERE startswith(table_name, folded(:id) || '.')
  GROUP BY table_name
), held AS (
  SELECT folded(table_catalog) AS in_catalog, folded(table_catalog || '.' || table_schema) AS in_schema,
         folded(table_catalog || '.' || table_schema || '.' || table_name) AS table_name, table_type,
         NULLIF(folded(table_owner), '') AS owner, last_altered, true AS is_table
  FROM system.information_schema.tables
  WHERE table_schema <> 'information_schema'
  UNION ALL
  SELECT folded(catalog_name) AS in_catalog, folded(catalog_name || '.' || schema_name) AS in_schema,
         CAST(NULL AS STRING) AS table_name, CAST(NULL AS STRING) AS table_type, NULLIF(folded(schema_owner), '') AS owner, last_altered,
         false AS is_table
  FROM system.information_schema.schemata
  WHERE :kind = 'catalog' AND schema_name <> 'information_schema'
)
SELECT CASE WHEN :kind = 'schema' THEN 'table' ELSE 'schema' END AS part_kind,
       CASE WHEN :kind = 'schema' THEN h.table_name ELSE h.in_schema END AS part,
       CASE WHEN :kind = 'schema' THEN MAX(h.table_type) END AS type,
       MAX(CASE WHEN h.is_table = (:kind = 'schema') THEN h.owner END) AS owner,
       SUM(CASE WHEN h.is_table THEN 1 ELSE 0 END) AS tables, SUM(CASE WHEN u.readers > 0 THEN 1 ELSE 0 END) AS read,
       COALESCE(SUM(u.readers), 0) AS readers, COALESCE(SUM(u.writes), 0) AS writes, MAX(h.last_altered) AS altered
FROM held h
LEFT JOIN uses u ON u.table_name = h.table_name
WHERE in_workspaces('') AND (h.in_catalog = folded(:id) AND :kind = 'catalog' OR h.in_schema = folded(:id) AND :kind = 'schema')
GROUP BY CASE WHEN :kind = 'schema' THEN h.table_name ELSE h.in_schema END
ORDER BY readers DESC, writes DESC, part
LIMIT :limit
