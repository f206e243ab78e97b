-- question: Whose requests were denied, and how often?
-- params: {start: date, end: date, limit: integer}
-- grain: [who]
-- columns:
--   who: text  Who
--   value: count  Denied
--   objects: count  Different objects
--   newest: time  Newest
-- things: {who: [principal, who]}
-- ttl: 1h
-- note: >
--   What overview.governanceops counts by day, by person or service: Unity Catalog requests answered 401 or 403, one per
--   event_id (where there is none, one per moment, action and object); the :limit with most. Account-wide.
SELECT who, COUNT(DISTINCT event) AS value, COUNT(DISTINCT object) AS objects, MAX(event_time) AS newest
FROM (
  SELECT folded(user_identity.email) AS who, event_time,
         COALESCE(request_params['full_name_arg'], request_params['table_full_name'], request_params['securable_full_name'])
           AS object,
         COALESCE(event_id, concat_ws(' ', CAST(unix_micros(event_time) AS STRING), action_name,
                                      request_params['full_name_arg'], request_params['table_full_name'],
                                      request_params['securable_full_name'], request_params['changes'])) AS event
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
    AND response.status_code IN (401, 403)
) denied
GROUP BY who
ORDER BY value DESC, newest DESC, who
LIMIT :limit
