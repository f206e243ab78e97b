-- question: How many hours did I lose to waiting, and to what?
-- params: {start: date, end: date, workspaces: text, person: text}
-- grain: [day, cause]
-- columns:
--   day: date  Day
--   cause: code  Waited for
--   hours: hours  Hours lost
--   statements: count  Statements
-- ttl: 1h
-- uses: [person_waits]
-- note: >
--   As userops.hours_lost, of the one person whose address is :person.
SELECT to_date(begins) AS day, cause, CAST(SUM(lost_ms) AS DOUBLE) / 3600000D AS hours,
       COUNT(DISTINCT statement_id) AS statements
FROM person_waits
WHERE lost_ms > 0 AND person = folded(:person)
GROUP BY to_date(begins), cause
ORDER BY day, cause
