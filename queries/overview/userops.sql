-- question: >
--   How many hours did people wait for their statements, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day]
-- columns:
--   day: date
--   value: hours  Hours lost waiting
--   statements: count
--   people: count
-- ttl: 1h
-- uses: [person_waits]
-- note: >
--   The sum of userops.hours_lost over its causes.
SELECT to_date(begins) AS day, CAST(SUM(lost_ms) AS DOUBLE) / 3600000D AS value,
       COUNT(DISTINCT statement_id) AS statements, COUNT(DISTINCT person) AS people
FROM person_waits
GROUP BY to_date(begins)
ORDER BY day
