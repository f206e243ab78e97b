-- question: >
--   How late did the rows of a source arrive on each of the last 30 days?
-- params: {now: time}
-- grain: [table_name, day]
-- columns:
--   table_name: text
--   day: date
--   lag: seconds
-- ttl: 1h
-- optional: [system.billing.usage]
-- note: >
--   By when rows arrived, not by when what they tell of happened: the age, at the end of the day (UTC), of the newest usage
--   that had arrived by then. A correction of old usage makes nothing fresher; a day on which nothing arrives makes it a day
--   older. Only billing says when a row arrived, and only the date.
WITH landed AS (
  SELECT ingestion_date AS day, MAX(usage_end_time) AS newest
  FROM system.billing.usage
  WHERE usage_date >= date_sub(to_date(:now), 45) AND ingestion_date < to_date(:now)
  GROUP BY ingestion_date
), days AS (
  SELECT explode(sequence(date_sub(to_date(:now), 30), date_sub(to_date(:now), 1), INTERVAL 1 DAY)) AS day
)
SELECT 'system.billing.usage' AS table_name, d.day,
       CAST(unix_seconds(CAST(date_add(d.day, 1) AS TIMESTAMP)) - unix_seconds(MAX(l.newest)) AS DOUBLE) AS lag
FROM days d
JOIN landed l ON l.day <= d.day
GROUP BY d.day
ORDER BY d.day
