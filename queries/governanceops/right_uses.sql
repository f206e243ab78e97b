-- question: >
--   By what was each direct right on a table last used by its holder?
-- params: {start: date, end: date, limit: integer}
-- grain: [grantee, table_name]
-- columns:
--   grantee: text  (a person or service)
--   table_name: text
--   by_query: time  Last by query  (by name, by themselves or by a dashboard)
--   by_path: time  By path  (by the storage's address, or as it is shared)
--   by_view: time  Through a view
--   by_job: time  By a job  (or pipeline, by name or path)
-- things: {table_name: [table, table_name]}
-- ttl: 12h
-- uses: [table_traces, views]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   Direct grants (inherited_from NONE) of SELECT, MODIFY or ALL PRIVILEGES to a person or a service principal of which lineage or the audit
--   log has a use between :start and :end that was not refused; names as the catalog spells them. A use through a view is one of a view
--   whose making read the table, within the same days: who reads the view need not hold the right themselves. By which of several
--   rights somebody came in is in no table. The latest used come first.
SELECT d.grantee, d.table_name, MAX(CASE WHEN s.way = 'query' THEN s.at END) AS by_query, MAX(CASE WHEN s.way = 'path' THEN s.at END) AS by_path,
       MAX(CASE WHEN s.way = 'view' THEN s.at END) AS by_view, MAX(CASE WHEN s.way = 'job' THEN s.at END) AS by_job
FROM (
  SELECT p.grantee, p.table_catalog || '.' || p.table_schema || '.' || p.table_name AS table_name, folded(p.grantee) AS principal,
         folded(p.table_catalog || '.' || p.table_schema || '.' || p.table_name) AS place
  FROM system.information_schema.table_privileges p
  WHERE p.inherited_from = 'NONE' AND replace(p.privilege_type, ' ', '_') IN ('SELECT', 'MODIFY', 'ALL_PRIVILEGES') AND p.table_catalog <> 'system'
    AND (contains(p.grantee, '@') OR p.grantee RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
  GROUP BY p.grantee, p.table_catalog, p.table_schema, p.table_name
) d
JOIN (
  SELECT principal, spot.place AS place, spot.way AS way, at
  FROM (
    SELECT t.principal, t.at, flatten(array(
             array(named_struct('place', t.table_name, 'way', t.way)),
             CASE WHEN v.view_name IS NOT NULL AND t.is_read = 1 THEN
               transform(array_distinct(filter(collect_list(t.made_from) OVER (PARTITION BY t.table_name), one -> one IS NOT NULL)),
                         one -> named_struct('place', one, 'way', 'view'))
               ELSE filter(array(named_struct('place', t.table_name, 'way', t.way)), one -> one.way = '') END)) AS spots
    FROM (
      SELECT principal, table_name, made_from, MAX(event_time) AS at, CASE WHEN use <> 'write' THEN 1 ELSE 0 END AS is_read,
             CASE WHEN consumer_kind IN ('job', 'pipeline') THEN 'job' WHEN is_named THEN 'query' ELSE 'path' END AS way
      FROM table_traces
      LATERAL VIEW explode(principals) e AS principal
      WHERE use <> 'refused' AND principal IS NOT NULL
      GROUP BY principal, table_name, made_from, CASE WHEN use <> 'write' THEN 1 ELSE 0 END,
               CASE WHEN consumer_kind IN ('job', 'pipeline') THEN 'job' WHEN is_named THEN 'query' ELSE 'path' END
    ) t
    LEFT JOIN views v ON v.view_name = t.table_name
  ) seen
  LATERAL VIEW explode(spots) e AS spot
) s ON s.principal = d.principal AND s.place = d.place
GROUP BY d.grantee, d.table_name
ORDER BY MAX(s.at) DESC, d.grantee, d.table_name
LIMIT :limit
