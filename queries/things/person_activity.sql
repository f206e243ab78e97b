-- question: What does this person or service use, day by day?
-- params: {start: date, end: date, workspaces: text, id: text}
-- grain: [day, product]
-- columns:
--   day: date  Day
--   product: code  With
--   actions: count  Actions
--   refused: count  Refused
--   last_action: time  Last
-- ttl: 30m
-- note: >
--   By UTC day and service of the audit log: what they asked for themselves, or had a run ask for in their name (run_by), each
--   event once however often it is delivered. Refused is a status of 401 or 403. Events of the account belong to no workspace
--   unless their parameters name one. Their address counts in any capitals.
SELECT day, product, COUNT(*) AS actions, SUM(CASE WHEN status_code IN (401, 403) THEN 1 ELSE 0 END) AS refused,
       MAX(event_time) AS last_action
FROM (
  SELECT event_date AS day, COALESCE(service_name, 'unknown') AS product, response.status_code AS status_code, event_time
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end
    AND (folded(user_identity.email) = folded(:id) OR folded(identity_metadata.run_by) = folded(:id))
    AND in_workspaces(NULLIF(COALESCE(request_params['workspace_id'], workspace_id), '0'))
  QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(event_id, request_id, CAST(unix_micros(event_time) AS STRING))
                             ORDER BY event_time) = 1
) events
GROUP BY day, product
ORDER BY day, product
