-- question: How much was done by day, and how much of it was denied or failed?
-- params: {start: date, end: date, since: time, until: time, actor: text, actors: text, thing: text, action: text, sorts: text,
--   outcome: text, person: text, workspaces: text}
-- grain: [day, outcome]
-- columns:
--   day: date  Day  (NULL for all of them together)
--   outcome: code  Outcome  (NULL for all of them together)
--   events: count  Events
--   actors: count  People and services
--   things: count  Things
-- ttl: 15m
-- uses: [audit_matches]
-- evidence: [system.access.audit]
-- note: >
--   The events that governanceops.audit_events lists, all of them, counted one per event_id; what nobody asked for has no actor. Days are
--   UTC.
SELECT to_date(at) AS day, outcome, COUNT(*) AS events, COUNT(DISTINCT who) AS actors,
       COUNT(DISTINCT CASE WHEN thing_id IS NOT NULL THEN concat_ws('/', kind, workspace_id, thing_id) END) AS things
FROM audit_matches
GROUP BY GROUPING SETS ((to_date(at), outcome), ())
ORDER BY day NULLS FIRST, outcome
