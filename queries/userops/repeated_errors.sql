-- question: Which errors do people meet again and again, and how many of them are stuck?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [error_class]
-- columns:
--   error_class: code  Error
--   people: count  People
--   stuck: count  Stuck  (people who met it on two days and have had no success for a day)
--   person_days: count  Days of a person
--   statements: count  Statements
--   share: share  Of what they asked
--   first_seen: time  First
--   newest: time  Newest
-- ttl: 1h
-- uses: [person_errors]
-- note: >
--   On SQL warehouses and serverless compute. A storm of one person on one day is one day of a person, and classes are ranked by who is stuck, then by days. No
--   text of anybody's is in it.
SELECT error_class, COUNT(*) AS people,
       SUM(CASE WHEN is_stuck THEN 1 ELSE 0 END) AS stuck,
       SUM(days) AS person_days, SUM(statements) AS statements,
       try_divide(CAST(SUM(statements) AS DOUBLE), SUM(asked)) AS share, MIN(first_seen) AS first_seen, MAX(newest) AS newest
FROM person_errors
GROUP BY error_class
ORDER BY stuck DESC, person_days DESC, people DESC, error_class
LIMIT :limit
