-- question: >
--   Which direct grants on tables has their holder not used?
-- params: {start: date, end: date, limit: integer}
-- grain: [grantee, table_name]
-- columns:
--   grantee: text
--   holder: text  (person or service principal)
--   table_name: text
--   privileges: text  (sorted, comma-separated)
--   table_owner: text
--   table_created: time
--   granted_at: time
--   last_seen: time
--   watched_from: date
--   watched_to: date
--   through: text  (groups that may read or change the table, sorted, with a comma and a blank between)
-- ttl: 12h
-- uses: [table_uses]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   Direct grants (inherited_from NONE) of SELECT, MODIFY or ALL PRIVILEGES to a person or a service principal without a
--   trace of use between :start and :end. Groups are left out: their members are in no system table, so nobody can tell.
--   So are owners of the table or its schema, whom a revoke would not stop. granted_at is the newest grant that the
--   audit log shows in the window; NULL means older. last_seen is the holder's newest action of any kind. Nothing can be
--   said before watched_from or after watched_to, the days from and to which both audit and lineage reach. through are groups
--   with one of these privileges on the table, also by inheritance: the holder may be in one.
WITH direct AS (
  SELECT p.grantee, p.table_catalog || '.' || p.table_schema || '.' || p.table_name AS table_name,
         array_join(array_sort(collect_set(p.privilege_type)), ',') AS privileges,
         MAX(t.table_owner) AS table_owner, MAX(s.schema_owner) AS schema_owner, MAX(t.created) AS table_created,
         CASE WHEN contains(p.grantee, '@') THEN 'person' ELSE 'service principal' END AS holder
  FROM system.information_schema.table_privileges p
  JOIN system.information_schema.tables t
    ON t.table_catalog = p.table_catalog AND t.table_schema = p.table_schema AND t.table_name = p.table_name
  LEFT JOIN system.information_schema.schemata s
    ON s.catalog_name = p.table_catalog AND s.schema_name = p.table_schema
  WHERE p.inherited_from = 'NONE' AND p.privilege_type IN ('SELECT', 'MODIFY', 'ALL_PRIVILEGES')
    AND p.table_catalog <> 'system'
    AND (contains(p.grantee, '@') OR p.grantee RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
  GROUP BY p.grantee, p.table_catalog, p.table_schema, p.table_name
), seen AS (
  SELECT folded(user_identity.email) AS principal, MAX(event_time) AS last_seen, MIN(event_date) AS first_day,
         MAX(event_date) AS last_day
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end
  GROUP BY folded(user_identity.email)
), traced AS (
  SELECT MIN(event_date) AS first_day, MAX(event_date) AS last_day
  FROM system.access.table_lineage
  WHERE event_date >= :start AND event_date < :end
), watched AS (
  SELECT CASE WHEN MIN(s.first_day) >= MAX(t.first_day) THEN MIN(s.first_day) ELSE MAX(t.first_day) END AS watched_from,
         CASE WHEN MAX(s.last_day) <= MAX(t.last_day) THEN MAX(s.last_day) ELSE MAX(t.last_day) END AS watched_to
  FROM traced t
  LEFT JOIN seen s ON true
), granted AS (
  SELECT folded(c.principal) AS principal, folded(table_name) AS table_name, MAX(event_time) AS granted_at
  FROM (
    SELECT event_time, request_params['securable_full_name'] AS table_name,
           from_json(request_params['changes'],
                     'ARRAY<STRUCT<principal: STRING, add: ARRAY<STRING>, remove: ARRAY<STRING>>>') AS changes
    FROM system.access.audit
    WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
      AND action_name = 'updatePermissions' AND response.status_code = 200
  ) events
  LATERAL VIEW explode(changes) x AS c
  WHERE size(c.add) > 0
  GROUP BY folded(c.principal), folded(table_name)
), grouped AS (
  SELECT p.table_catalog || '.' || p.table_schema || '.' || p.table_name AS table_name,
         array_join(array_sort(collect_set(p.grantee)), ', ') AS through
  FROM system.information_schema.table_privileges p
  WHERE p.privilege_type IN ('SELECT', 'MODIFY', 'ALL_PRIVILEGES') AND NOT contains(p.grantee, '@')
    AND NOT p.grantee RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
  GROUP BY p.table_catalog, p.table_schema, p.table_name
)
SELECT d.grantee, d.holder, d.table_name, d.privileges, d.table_owner, d.table_created, g.granted_at, n.last_seen,
       w.watched_from, w.watched_to, h.through
FROM direct d
CROSS JOIN watched w
LEFT JOIN seen n ON n.principal = folded(d.grantee)
LEFT JOIN granted g ON g.principal = folded(d.grantee) AND g.table_name = folded(d.table_name)
LEFT JOIN grouped h ON h.table_name = d.table_name
LEFT ANTI JOIN table_uses u ON u.principal = folded(d.grantee) AND u.table_name = folded(d.table_name)
WHERE folded(d.grantee) <> folded(COALESCE(d.table_owner, '')) AND folded(d.grantee) <> folded(COALESCE(d.schema_owner, ''))
ORDER BY last_seen NULLS FIRST, grantee, table_name
LIMIT :limit
