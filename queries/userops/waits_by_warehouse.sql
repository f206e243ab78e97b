-- question: On which SQL warehouses do people lose the most hours, and to what?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, warehouse_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   warehouse_id: text
--   warehouse: text  SQL warehouse
--   hours: hours  Hours lost
--   queued: hours  In the queue
--   starting: hours  For its start
--   compiled: hours  Compiling
--   fetched: hours  Fetching results
--   people: count  People
--   days: count  Days with a wait
--   max_clusters: count  Clusters at most
-- things: {workspace: workspace, warehouse: warehouse}
-- ttl: 1h
-- uses: [person_waits, warehouses_latest, workspaces]
-- note: >
--   As userops.hours_lost, by warehouse: the :limit on which most was lost.
WITH lost AS (
  SELECT workspace_id, warehouse_id, SUM(lost_ms) AS ms,
         SUM(CASE WHEN cause = 'queued' THEN lost_ms ELSE 0 END) AS queued,
         SUM(CASE WHEN cause = 'starting' THEN lost_ms ELSE 0 END) AS starting,
         SUM(CASE WHEN cause = 'compiled' THEN lost_ms ELSE 0 END) AS compiled,
         SUM(CASE WHEN cause = 'fetched' THEN lost_ms ELSE 0 END) AS fetched,
         COUNT(DISTINCT person) AS people, COUNT(DISTINCT to_date(begins)) AS days
  FROM person_waits
  WHERE lost_ms > 0
  GROUP BY workspace_id, warehouse_id
)
SELECT t.workspace_id, known_name(s.workspace_name) AS workspace, t.warehouse_id, known_name(w.warehouse_name) AS warehouse,
       CAST(t.ms AS DOUBLE) / 3600000D AS hours, CAST(t.queued AS DOUBLE) / 3600000D AS queued,
       CAST(t.starting AS DOUBLE) / 3600000D AS starting, CAST(t.compiled AS DOUBLE) / 3600000D AS compiled,
       CAST(t.fetched AS DOUBLE) / 3600000D AS fetched, t.people, t.days, w.max_clusters
FROM lost t
LEFT JOIN warehouses_latest w ON w.workspace_id = t.workspace_id AND w.warehouse_id = t.warehouse_id
LEFT JOIN workspaces s ON s.workspace_id = t.workspace_id
ORDER BY t.ms DESC, t.workspace_id, t.warehouse_id
LIMIT :limit
