-- question: Which sensitive columns are there, how is each protected, and who reads its table?
-- params: {start: date, end: date, limit: integer}
-- grain: [table_full_name, column_name, class]
-- columns:
--   class: text  Class
--   table_full_name: text  Table
--   column_name: text  Column
--   protection: code  Protection
--   readers: count  Readers
--   found: time  First found
--   owner: text  Owner
--   mask: text  (the function that masks most columns of its class, where the column has its class as a tag)
-- things: {table_full_name: [table, table_full_name], owner: [principal, owner]}
-- ttl: 1h
-- uses: [table_traces]
-- optional: [system.information_schema.abac_policy_definitions]
-- evidence: [system.access.table_lineage]
-- note: >
--   What data classification found and nobody excluded, with no sample of it. MASKED: the column has a mask; POLICY: it has
--   a tag, and a policy on tags stands on its catalog, schema or table, which may or may not cover it; FILTERED: rows of its table are
--   filtered; TAGGED: it only has a tag; NONE. readers: people and services that read the table between :start and :end.
--   mask: of functions that take nothing but the column. Unprotected ones with most readers first, at most :limit.
WITH found AS (
  SELECT class_tag AS class, catalog_name || '.' || schema_name || '.' || table_name AS table_full_name, column_name,
         catalog_name, schema_name, table_name, MIN(first_detected_time) AS found
  FROM system.data_classification.results
  WHERE COALESCE(exclusion_state, 'NONE') NOT IN ('EXCLUDED', 'REJECTED')
  GROUP BY class_tag, catalog_name, schema_name, table_name, column_name
), masked AS (
  SELECT DISTINCT table_catalog || '.' || table_schema || '.' || table_name AS table_full_name, column_name,
         CASE WHEN COALESCE(using_columns, '') = '' THEN mask_name END AS mask_name
  FROM system.information_schema.column_masks
), usual AS (
  SELECT class, mask_name
  FROM (SELECT f.class, m.mask_name, ROW_NUMBER() OVER (PARTITION BY f.class ORDER BY COUNT(*) DESC, m.mask_name) AS place
        FROM found f
        JOIN masked m ON m.table_full_name = f.table_full_name AND m.column_name = f.column_name
        WHERE m.mask_name IS NOT NULL
        GROUP BY f.class, m.mask_name)
  WHERE place = 1
), filtered AS (
  SELECT DISTINCT table_catalog || '.' || table_schema || '.' || table_name AS table_full_name
  FROM system.information_schema.row_filters
), tagged AS (
  SELECT DISTINCT catalog_name || '.' || schema_name || '.' || table_name AS table_full_name, column_name, tag_name
  FROM system.information_schema.column_tags
), policies AS (
  SELECT DISTINCT catalog_name, schema_name, securable_name
  FROM system.information_schema.abac_policy_definitions
), read_by AS (
  SELECT table_name, COUNT(DISTINCT ran_as) AS readers
  FROM table_traces
  WHERE use = 'read'
  GROUP BY table_name
)
SELECT f.class, f.table_full_name, f.column_name,
       MAX(CASE WHEN m.column_name IS NOT NULL THEN 'MASKED' WHEN g.column_name IS NOT NULL AND p.catalog_name IS NOT NULL THEN 'POLICY'
                WHEN r.table_full_name IS NOT NULL THEN 'FILTERED' WHEN g.column_name IS NOT NULL THEN 'TAGGED'
                ELSE 'NONE' END) AS protection,
       COALESCE(MAX(u.readers), 0) AS readers, MAX(f.found) AS found, MAX(folded(t.table_owner)) AS owner,
       MAX(CASE WHEN g.tag_name = f.class THEN n.mask_name END) AS mask
FROM found f
LEFT JOIN masked m ON m.table_full_name = f.table_full_name AND m.column_name = f.column_name
LEFT JOIN filtered r ON r.table_full_name = f.table_full_name
LEFT JOIN tagged g ON g.table_full_name = f.table_full_name AND g.column_name = f.column_name
LEFT JOIN usual n ON n.class = f.class
LEFT JOIN policies p ON p.catalog_name = f.catalog_name AND COALESCE(p.schema_name, f.schema_name) = f.schema_name
                    AND COALESCE(p.securable_name, f.table_name) = f.table_name
LEFT JOIN read_by u ON u.table_name = folded(f.table_full_name)
LEFT JOIN system.information_schema.tables t
  ON t.table_catalog || '.' || t.table_schema || '.' || t.table_name = f.table_full_name
GROUP BY f.class, f.table_full_name, f.column_name
ORDER BY protection = 'NONE' DESC, readers DESC, table_full_name, column_name, class
LIMIT :limit
