-- optional: [system.serving.served_entities]
-- note: >
--   The serving endpoint that has a name, the newest of several; deleted ones count, as runs go on to speak of them.
SELECT workspace_id, endpoint_name, MAX_BY(endpoint_id, struct(change_time, endpoint_id)) AS endpoint_id
FROM system.serving.served_entities
GROUP BY workspace_id, endpoint_name
