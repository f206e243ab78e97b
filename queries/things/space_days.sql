-- question: How often is a Genie space asked, by how many people, and what do they think of the answers?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, space_id: text}
-- grain: [day]
-- columns:
--   day: date  Day
--   asked: count  Questions
--   people: count  People
--   liked: count  Thumbs up
--   disliked: count  Thumbs down
-- ttl: 30m
-- note: >
--   By UTC day, from the audit log: a question is a message, by the page or the API. Thumbs count on the day they were given. What was
--   asked, and what an answer cost, is in no table.
SELECT event_date AS day,
       SUM(CASE WHEN action_name IN ('createConversationMessage', 'genieStartConversationMessage', 'genieCreateConversationMessage') THEN 1 ELSE 0 END) AS asked,
       COUNT(DISTINCT CASE WHEN action_name IN ('createConversationMessage', 'genieStartConversationMessage', 'genieCreateConversationMessage')
                           THEN folded(user_identity.email) END) AS people,
       SUM(CASE WHEN request_params['feedback_rating'] = 'POSITIVE' THEN 1 ELSE 0 END) AS liked,
       SUM(CASE WHEN request_params['feedback_rating'] = 'NEGATIVE' THEN 1 ELSE 0 END) AS disliked
FROM system.access.audit
WHERE event_date >= :start AND event_date < :end AND service_name = 'aibiGenie' AND response.status_code < 400
  AND workspace_id = :workspace_id AND request_params['space_id'] = :space_id AND in_workspaces(workspace_id)
GROUP BY event_date
ORDER BY day
