-- optional: [system.access.column_lineage]
-- uses: [lineage_uses, table_places]
-- note: >
--   Every trace between :start and :end that somebody (principal, lower case) used a table: lineage of tables, of
--   their storage paths and of columns on either side, and requests to Unity Catalog for the table or a credential for its
--   files, by name or by path. Refused requests count, too: whoever asks has not forgotten it.
SELECT principal, table_name, 'table lineage' AS source, event_id, event_time
FROM lineage_uses
UNION ALL
SELECT principal, folded(table_name) AS table_name, 'column lineage' AS source, event_id, event_time
FROM (
  SELECT folded(created_by) AS principal, COALESCE(event_id, record_id) AS event_id, event_time,
         explode(array(source_table_full_name, target_table_full_name)) AS table_name
  FROM system.access.column_lineage
  WHERE event_date >= :start AND event_date < :end
) named
WHERE table_name IS NOT NULL
UNION ALL
SELECT folded(a.principal) AS principal, folded(COALESCE(a.table_name, p.table_name)) AS table_name, 'audit' AS source,
       a.event_id, a.event_time
FROM (
  SELECT principal, event_id, event_time, table_name,
         explode(CASE WHEN table_name IS NULL THEN
             transform(sequence(3, GREATEST(size(parts), 3)), n -> array_join(slice(parts, 1, n), '/') || '/')
           ELSE array('') END) AS place
  FROM (
    SELECT event_id, event_time, COALESCE(request_params['table_full_name'], request_params['full_name_arg']) AS table_name,
           split(placed(COALESCE(request_params['url'], request_params['table_url'])), '/') AS parts,
           explode(array(user_identity.email, identity_metadata.run_by, identity_metadata.run_as)) AS principal
    FROM system.access.audit
    WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
      AND action_name IN ('getTable', 'generateTemporaryTableCredential', 'generateTemporaryPathCredential')
  ) asked
  WHERE principal IS NOT NULL AND (table_name IS NOT NULL OR parts IS NOT NULL)
) a
LEFT JOIN table_places p ON a.table_name IS NULL AND p.place = a.place
WHERE a.table_name IS NOT NULL OR p.table_name IS NOT NULL
