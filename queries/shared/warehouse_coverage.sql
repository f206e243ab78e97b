-- note: >
--   One row: from when to when between :start and :end query history of this region has statements of SQL warehouses
--   (NULL without any). Outside nothing is known to be idle.
SELECT MIN(CASE WHEN end_time > :start THEN GREATEST(start_time, CAST(:start AS TIMESTAMP)) END) AS history_from,
       MAX(CASE WHEN end_time > :start THEN end_time END) AS history_to
FROM system.query.history
WHERE start_time >= date_sub(:start, 1) AND start_time < :end AND compute.warehouse_id IS NOT NULL
