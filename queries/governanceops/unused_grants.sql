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
-- things: {holder: [principal, holder], table_name: [table, table_name], table_owner: [principal, table_owner]}
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
         array_join(array_sort(collect_set(replace(p.privilege_type, ' ', '_'))), ',') AS privileges,
         MAX(t.table_owner) AS table_owner, MAX(s.schema_owner) AS schema_owner, MAX(t.created) AS table_created,
         CASE WHEN contains(p.grantee, '@') THEN 'person' ELSE 'service principal' END AS holder
  FROM system.information_schema.table_privileges p
  JOIN system.information_schema.tables t
    ON t.table_catalog = p.table_catalog AND t.table_schema = p.table_schema AND t.table_name = p.table_name
  LEFT JOIN system.information_schema.schemata s
    ON s.catalog_name = p.table_catalog AND s.schema_name = p.table_schema
  WHERE p.inherited_from = 'NONE' AND replace(p.privilege_type, ' ', '_') IN ('SELECT', 'MODIFY', 'ALL_PRIVILEGES')
    AND p.table_catalog <> 'system'
    AND (contains(p.grantee, '@') OR p.grantee RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
  GROUP BY p.grantee, p.table_catalog, p.table_schema, p.table_name
), acted AS (
  SELECT act.principal AS principal, act.given AS given, MAX(event_time) AS at,
         MIN(event_date) AS first_day, MAX(event_date) AS last_day
  FROM (
    SELECT event_time, event_date, COALESCE(
             CASE WHEN service_name = 'unityCatalog' AND action_name = 'updatePermissions' AND response.status_code = 200
               THEN array_append(
                 transform(
                   filter(from_json(request_params['changes'],
                                    'ARRAY<STRUCT<principal: STRING, add: ARRAY<STRING>, remove: ARRAY<STRING>>>'),
                          c -> size(c.add) > 0),
                   c -> named_struct('principal', folded(c.principal), 'given',
                                    folded(request_params['securable_full_name']))),
                 named_struct('principal', folded(user_identity.email), 'given', CAST(NULL AS STRING))) END,
             array(named_struct('principal', folded(user_identity.email), 'given', CAST(NULL AS STRING)))) AS acts
    FROM system.access.audit
    WHERE event_date >= :start AND event_date < :end
  ) events
  LATERAL VIEW explode(acts) e AS act
  GROUP BY act.principal, act.given
), traced AS (
  SELECT MIN(event_date) AS first_day, MAX(event_date) AS last_day
  FROM system.access.table_lineage
  WHERE event_date >= :start AND event_date < :end
), known AS (
  SELECT grantee, holder, table_name, privileges, table_owner, schema_owner, table_created, principal, given,
         MAX(CASE WHEN given IS NULL THEN at END) OVER (PARTITION BY principal) AS last_seen,
         MAX(at) OVER (PARTITION BY principal, given) AS granted_at, MIN(first_day) OVER () AS first_day,
         MAX(last_day) OVER () AS last_day
  FROM (
    SELECT grantee, holder, table_name, privileges, table_owner, schema_owner, table_created,
           folded(grantee) AS principal, folded(table_name) AS given, CAST(NULL AS TIMESTAMP) AS at,
           CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day
    FROM direct
    UNION ALL
    SELECT CAST(NULL AS STRING) AS grantee, CAST(NULL AS STRING) AS holder, CAST(NULL AS STRING) AS table_name,
           CAST(NULL AS STRING) AS privileges, CAST(NULL AS STRING) AS table_owner, CAST(NULL AS STRING) AS schema_owner,
           CAST(NULL AS TIMESTAMP) AS table_created, principal, given, at, first_day, last_day
    FROM acted
  ) both_logs
), grouped AS (
  SELECT p.table_catalog || '.' || p.table_schema || '.' || p.table_name AS table_name,
         array_join(array_sort(collect_set(p.grantee)), ', ') AS through
  FROM system.information_schema.table_privileges p
  WHERE replace(p.privilege_type, ' ', '_') IN ('SELECT', 'MODIFY', 'ALL_PRIVILEGES') AND NOT contains(p.grantee, '@')
    AND NOT p.grantee RLIKE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
  GROUP BY p.table_catalog, p.table_schema, p.table_name
)
SELECT d.grantee, d.holder, d.table_name, d.privileges, d.table_owner, d.table_created, d.granted_at, d.last_seen,
       CASE WHEN d.first_day >= t.first_day THEN d.first_day ELSE t.first_day END AS watched_from,
       CASE WHEN d.last_day <= t.last_day THEN d.last_day ELSE t.last_day END AS watched_to, h.through
FROM known d
CROSS JOIN traced t
LEFT JOIN grouped h ON h.table_name = d.table_name
LEFT ANTI JOIN table_uses u ON u.principal = d.principal AND u.table_name = d.given
WHERE d.grantee IS NOT NULL AND d.principal <> folded(COALESCE(d.table_owner, ''))
  AND d.principal <> folded(COALESCE(d.schema_owner, ''))
ORDER BY last_seen NULLS FIRST, grantee, table_name
LIMIT :limit
