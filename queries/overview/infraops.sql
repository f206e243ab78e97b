-- question: >
--   Which share of running warehouse time was idle, per day?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day]
-- columns:
--   day: date
--   value: ratio  Idle share of warehouse time
--   running: hours
--   idle: hours
-- ttl: 1h
-- uses: [warehouse_hours]
-- note: >
--   Running time without any statement over running time of the SQL warehouses of this region.
SELECT to_date(hour) AS day, try_divide(SUM(CAST(on_ms AS DOUBLE) * (1D - used_share)), SUM(on_ms)) AS value,
       CAST(SUM(on_ms) AS DOUBLE) / 3600000D AS running, SUM(CAST(on_ms AS DOUBLE) * (1D - used_share)) / 3600000D AS idle
FROM warehouse_hours
WHERE in_workspaces(workspace_id)
GROUP BY to_date(hour)
ORDER BY day
