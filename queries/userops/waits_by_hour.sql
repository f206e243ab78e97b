-- question: In which hours of the week do people wait?
-- params: {start: date, end: date, workspaces: text}
-- grain: [hour]
-- columns:
--   hour: time  Hour
--   hours: hours  Hours lost
--   people: count  People
-- ttl: 1h
-- uses: [person_waits]
-- note: >
--   As userops.hours_lost, by the clock hour in which the wait began.
SELECT date_trunc('HOUR', begins) AS hour, CAST(SUM(lost_ms) AS DOUBLE) / 3600000D AS hours, COUNT(DISTINCT person) AS people
FROM person_waits
WHERE lost_ms > 0
GROUP BY date_trunc('HOUR', begins)
ORDER BY hour
