-- question: >
--   How many requests were denied, and how many privileges changed, per day?
-- params: {start: date, end: date}
-- grain: [day]
-- columns:
--   day: date
--   value: count  Denied requests
--   changes: count
-- ttl: 1h
-- note: >
--   Denied: Unity Catalog requests answered 401 or 403, one per event_id (where there is none, one per moment, person, action and object). Changes: updatePermissions that succeeded.
--   Account-wide, because UC events carry no workspace of their own.
SELECT event_date AS day, COUNT(DISTINCT CASE WHEN status_code IN (401, 403) THEN event END) AS value,
       COUNT(DISTINCT CASE WHEN action_name = 'updatePermissions' AND status_code = 200 THEN event END) AS changes
FROM (
  SELECT event_date, action_name, response.status_code AS status_code,
         COALESCE(event_id, concat_ws(' ', CAST(unix_micros(event_time) AS STRING), folded(user_identity.email), action_name,
                                      request_params['full_name_arg'], request_params['table_full_name'],
                                      request_params['securable_full_name'], request_params['changes'])) AS event
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
) events
GROUP BY event_date
ORDER BY day
