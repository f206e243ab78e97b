-- question: How many people use the platform, and which of its products?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, product]
-- columns:
--   day: date  Day
--   product: code  Product
--   people: count  People
--   people_week: count  People in 7 days  (up to and with the day)
-- ttl: 1h
-- look_back: 6d
-- uses: [person_days]
-- note: >
--   By UTC day; product ALL counts each person once. Jobs, alerts and services are no people.
SELECT day, product, COUNT(DISTINCT CASE WHEN ahead = 0 THEN person END) AS people, COUNT(DISTINCT person) AS people_week
FROM (
  SELECT date_add(day, ahead) AS day, ahead, person, product
  FROM (
    SELECT day, person, CASE part WHEN 1 THEN product ELSE 'ALL' END AS product
    FROM person_days
    LATERAL VIEW explode(sequence(1, 2)) p AS part
  ) both
  LATERAL VIEW explode(sequence(0, 6)) a AS ahead
) spread
WHERE day >= :start AND day < :end
GROUP BY day, product
ORDER BY day, product
