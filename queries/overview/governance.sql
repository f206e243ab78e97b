-- question: >
--   How many requests were denied, and how many privileges changed, per day?
-- params: {start: date, end: date}
-- grain: [day]
-- columns:
--   day: date
--   value: count
--   changes: count
-- ttl: 1h
-- note: >
--   Denied: Unity Catalog requests answered 401 or 403, one per event_id. Changes: updatePermissions that succeeded.
--   Account-wide, because UC events carry no workspace of their own.
SELECT event_date AS day, COUNT(DISTINCT CASE WHEN response.status_code IN (401, 403) THEN event_id END) AS value,
       COUNT(DISTINCT CASE WHEN action_name = 'updatePermissions' AND response.status_code = 200 THEN event_id END) AS changes
FROM system.access.audit
WHERE event_date >= :start AND event_date < :end AND service_name = 'unityCatalog'
GROUP BY event_date
ORDER BY day
