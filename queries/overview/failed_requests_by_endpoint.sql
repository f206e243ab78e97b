-- question: On which serving endpoints did requests fail?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, endpoint_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   endpoint_id: text
--   endpoint: text  Serving endpoint
--   value: count  Failed
--   requests: count  Requests
--   share: ratio  Share failed
-- things: {workspace: workspace, endpoint: endpoint}
-- ttl: 1h
-- uses: [workspaces]
-- note: >
--   What overview.mlops counts by day, by endpoint: answers with a status of 500 and above; the :limit with most. Requests
--   whose endpoint is not known any more are one row of no endpoint for each workspace.
WITH entities AS (
  SELECT workspace_id, served_entity_id, MAX(struct(change_time, endpoint_id, endpoint_name)) AS newest
  FROM system.serving.served_entities
  GROUP BY workspace_id, served_entity_id
), requests AS (
  SELECT u.workspace_id, e.newest.endpoint_id AS endpoint_id, MAX(e.newest.endpoint_name) AS endpoint,
         SUM(CASE WHEN u.status_code >= 500 THEN 1 ELSE 0 END) AS value, COUNT(*) AS requests
  FROM system.serving.endpoint_usage u
  LEFT JOIN entities e ON e.workspace_id = u.workspace_id AND e.served_entity_id = u.served_entity_id
  WHERE u.request_time >= :start AND u.request_time < :end AND in_workspaces(u.workspace_id)
  GROUP BY u.workspace_id, e.newest.endpoint_id
)
SELECT r.workspace_id, known_name(s.workspace_name) AS workspace, r.endpoint_id, known_name(r.endpoint) AS endpoint, r.value,
       r.requests, try_divide(CAST(r.value AS DOUBLE), r.requests) AS share
FROM requests r
LEFT JOIN workspaces s ON s.workspace_id = r.workspace_id
WHERE r.value > 0
ORDER BY r.value DESC, r.workspace_id, r.endpoint_id NULLS LAST
LIMIT :limit
