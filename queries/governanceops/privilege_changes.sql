-- question: Who gave which right to whom, and who took one away?
-- params: {start: date, end: date, limit: integer}
-- grain: [event, grantee]
-- columns:
--   at: time  When
--   who: text  By
--   kind: code  On a
--   place: text  Securable
--   grantee: text  To
--   gave: text  Gave  (sorted, comma-separated)
--   took: text  Took away
--   is_self: flag  To oneself
--   table_full_name: text  (where the securable is a table or view)
--   event: text
-- things: {who: [principal, who], place: [=kind, place], grantee: [principal, grantee]}
-- ttl: 15m
-- note: >
--   updatePermissions of Unity Catalog that succeeded, one row per event_id and principal in it, newest first, at most :limit;
--   refused ones and grants of the legacy Hive metastore (grantPermission) change nothing here. Privileges with
--   underscores. is_self: who asked and who got it are one, whatever the capitals. Account-wide.
SELECT MIN(at) AS at, who, kind, place, grantee,
       NULLIF(array_join(array_sort(flatten(collect_set(gave))), ', '), '') AS gave,
       NULLIF(array_join(array_sort(flatten(collect_set(took))), ', '), '') AS took,
       MAX(is_self) AS is_self, CASE WHEN kind IN ('table', 'view') THEN place END AS table_full_name, event
FROM (
  SELECT at, asked_by AS who, folded(securable_type) AS kind, place, folded(change.principal) AS grantee,
         transform(COALESCE(change.add, array()), p -> replace(p, ' ', '_')) AS gave,
         transform(COALESCE(change.remove, array()), p -> replace(p, ' ', '_')) AS took,
         asked_by = folded(change.principal) AND COALESCE(size(change.add), 0) > 0 AS is_self, event
  FROM (
    SELECT event_time AS at, folded(user_identity.email) AS asked_by, request_params['securable_type'] AS securable_type,
           request_params['securable_full_name'] AS place, explode(from_json(request_params['changes'],
             'ARRAY<STRUCT<principal: STRING, add: ARRAY<STRING>, remove: ARRAY<STRING>>>')) AS change,
           COALESCE(event_id, request_id, CAST(unix_micros(event_time) AS STRING)) AS event
    FROM system.access.audit
    WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
      AND action_name = 'updatePermissions' AND response.status_code = 200
  ) changed
) told
WHERE place IS NOT NULL AND grantee IS NOT NULL
GROUP BY event, who, kind, place, grantee
ORDER BY at DESC, event, grantee
LIMIT :limit
