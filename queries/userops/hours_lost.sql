-- question: How many hours did people lose to waiting for statements, and to what?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, cause]
-- columns:
--   day: date  Day
--   cause: code  Waited for
--   hours: hours  Hours lost
--   people: count  People
-- ttl: 1h
-- uses: [person_waits]
-- note: >
--   On SQL warehouses; by the UTC day on which the wait began. A person who waits for several statements at a time waits once.
SELECT to_date(begins) AS day, cause, CAST(SUM(lost_ms) AS DOUBLE) / 3600000D AS hours, COUNT(DISTINCT person) AS people
FROM person_waits
WHERE lost_ms > 0
GROUP BY to_date(begins), cause
ORDER BY day, cause
