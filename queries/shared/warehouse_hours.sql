-- uses: [warehouse_work]
-- note: >
--   Each SQL warehouse's clock hours (warehouse_work), one row per hour: on_ms, busy_ms and used_share, and from when
--   to when query history of the region has statements.
SELECT DISTINCT workspace_id, warehouse_id, hour, on_ms, busy_ms, used_share, history_from, history_to
FROM warehouse_work
