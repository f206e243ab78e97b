-- uses: [warehouse_usage, warehouses_latest]
-- note: >
--   When each SQL warehouse ran, as far as is known: from_time to to_time, without overlaps, read as far back as
--   warehouse_events keep them. Before its first event a warehouse was off if that event starts it; if it finds the
--   warehouse running, that ran since events_from, the first event of the region: nothing is known of earlier times. A
--   warehouse of this region without any event ran in the hours it was billed for (events_from NULL). A deletion ends
--   everything. Events of kinds that are not known yet say nothing.
SELECT r.workspace_id, r.warehouse_id, r.from_time, LEAST(r.to_time, w.delete_time) AS to_time, r.events_from
FROM (
  SELECT workspace_id, warehouse_id, events_from,
         CASE WHEN is_first AND event_type NOT IN ('STARTING', 'RUNNING') THEN events_from ELSE event_time END AS from_time,
         CASE WHEN is_on THEN COALESCE(LEAD(event_time) OVER (
                PARTITION BY workspace_id, warehouse_id ORDER BY event_time, event_type), CAST(:end AS TIMESTAMP))
              ELSE event_time END AS to_time
  FROM (
    SELECT workspace_id, warehouse_id, event_time, event_type, events_from, was_on IS NULL AS is_first,
           event_type IN ('RUNNING', 'SCALED_UP', 'SCALED_DOWN') AS is_on
    FROM (
      SELECT workspace_id, warehouse_id, event_time, event_type, MIN(event_time) OVER () AS events_from,
             LAG(event_type) OVER (PARTITION BY workspace_id, warehouse_id ORDER BY event_time, event_type)
               IN ('RUNNING', 'SCALED_UP', 'SCALED_DOWN') AS was_on
      FROM system.compute.warehouse_events
      WHERE event_time >= date_sub(:start, 365) AND event_time < :end
        AND event_type IN ('STARTING', 'RUNNING', 'SCALED_UP', 'SCALED_DOWN', 'STOPPING', 'STOPPED')
    ) events
    WHERE was_on IS NULL OR was_on <> (event_type IN ('RUNNING', 'SCALED_UP', 'SCALED_DOWN'))
  ) changes
  UNION ALL
  SELECT workspace_id, warehouse_id, CAST(NULL AS TIMESTAMP) AS events_from, MIN(hour) AS from_time,
         MAX(hour) + INTERVAL 1 HOUR AS to_time
  FROM (
    SELECT c.workspace_id, c.warehouse_id, c.hour, unix_seconds(c.hour) - 3600 * ROW_NUMBER() OVER (
             PARTITION BY c.workspace_id, c.warehouse_id ORDER BY c.hour) AS island
    FROM (
      SELECT workspace_id, warehouse_id, hour
      FROM warehouse_usage
      GROUP BY workspace_id, warehouse_id, hour
      HAVING SUM(quantity) > 0
    ) c
    JOIN warehouses_latest k ON k.workspace_id = c.workspace_id AND k.warehouse_id = c.warehouse_id
    LEFT ANTI JOIN (
      SELECT workspace_id, warehouse_id
      FROM system.compute.warehouse_events
      WHERE event_time >= date_sub(:start, 365) AND event_time < :end
        AND event_type IN ('STARTING', 'RUNNING', 'SCALED_UP', 'SCALED_DOWN', 'STOPPING', 'STOPPED')
    ) e ON e.workspace_id = c.workspace_id AND e.warehouse_id = c.warehouse_id
  ) billed
  GROUP BY workspace_id, warehouse_id, island
) r
LEFT JOIN warehouses_latest w ON w.workspace_id = r.workspace_id AND w.warehouse_id = r.warehouse_id
WHERE LEAST(r.to_time, w.delete_time) > r.from_time AND LEAST(r.to_time, w.delete_time) > :start
