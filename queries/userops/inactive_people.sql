-- question: Who has not done anything for a long time?
-- params: {start: date, end: date, workspaces: text, days: integer, limit: integer}
-- grain: [person]
-- columns:
--   person: text  Person
--   last_seen: date  Last seen
--   idle_days: count  Days since
--   active_days: count  Days active before
-- things: {person: [principal, person]}
-- ttl: 12h
-- look_back: 0d
-- uses: [person_days]
-- note: >
--   People who did something between :start and :end, and nothing in its last :days days. Sign-ins alone are no use. Who never did
--   anything is in no table.
SELECT person, MAX(day) AS last_seen, datediff(:end, MAX(day)) AS idle_days, COUNT(DISTINCT day) AS active_days
FROM person_days
GROUP BY person
HAVING datediff(:end, MAX(day)) > :days
ORDER BY last_seen, person
LIMIT :limit
