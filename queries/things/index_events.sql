-- question: When was a vector index synchronised, and by whom?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, index_id: text, limit: integer}
-- grain: [event_time, action]
-- columns:
--   event_time: time  When
--   action: code  What
--   who: text  By
--   result: code  Result
-- things: {who: [principal, who]}
-- ttl: 15m
-- note: >
--   From the audit log, the newest first; questions to it are not listed. What a synchronisation took up is in no table.
SELECT event_time, CASE action_name WHEN 'createVectorIndex' THEN 'MADE' WHEN 'deleteVectorIndex' THEN 'DELETED' ELSE 'SYNCHRONISED' END AS action,
       MAX(folded(user_identity.email)) AS who,
       CASE WHEN MIN(CASE WHEN response.status_code < 400 THEN 1 ELSE 0 END) = 1 THEN 'DONE' ELSE 'FAILED' END AS result
FROM system.access.audit
WHERE event_date >= :start AND event_date < :end AND service_name = 'vectorSearch'
  AND action_name IN ('createVectorIndex', 'deleteVectorIndex', 'syncVectorIndex') AND workspace_id = :workspace_id
  AND request_params['name'] = :index_id AND in_workspaces(workspace_id)
GROUP BY event_time, action_name
ORDER BY event_time DESC, action
LIMIT :limit
