-- question: >
--   Which share of model requests failed, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day]
-- columns:
--   day: date
--   value: ratio  Share of model requests that failed
--   requests: count
-- ttl: 1h
-- note: >
--   Answers with a status of 500 and above over all requests of endpoints with usage tracking.
SELECT to_date(request_time) AS day,
       try_divide(CAST(SUM(CASE WHEN status_code >= 500 THEN 1 ELSE 0 END) AS DOUBLE), COUNT(*)) AS value,
       COUNT(*) AS requests
FROM system.serving.endpoint_usage
WHERE request_time >= :start AND request_time < :end
  AND in_workspaces(workspace_id)
GROUP BY to_date(request_time)
ORDER BY day
