-- question: When does this SQL warehouse work, and when does it run without work?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, warehouse_id: text}
-- grain: [hour]
-- columns:
--   hour: time  Hour
--   busy: hours  Busy
--   idle: hours  Idle
-- ttl: 30m
-- uses: [warehouse_hours]
-- note: >
--   Clock hours (UTC) in which it ran or worked; busy is with at least one statement, idle the rest of the time that it ran.
--   An hour without evidence (another region, outside the hours that query history covers) is absent, not idle.
SELECT hour, CAST(busy_ms AS DOUBLE) / 3600000D AS busy, CAST(GREATEST(on_ms - busy_ms, 0) AS DOUBLE) / 3600000D AS idle
FROM warehouse_hours
WHERE workspace_id = :workspace_id AND warehouse_id = :warehouse_id AND in_workspaces(workspace_id)
ORDER BY hour
