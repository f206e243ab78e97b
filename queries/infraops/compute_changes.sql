-- question: Who changed which setting of a cluster or SQL warehouse, when, and from what to what?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [kind, workspace_id, thing_id, at, what]
-- columns:
--   at: time  When
--   name: text  On
--   kind: code  Kind
--   what: text  What  (before → after)
--   who: text  By  (where the audit log or the thing says it)
--   workspace_id: text
--   thing_id: text
-- things: {name: [=kind, workspace_id, thing_id], who: [principal, who]}
-- ttl: 30m
-- uses: [thing_changes]
-- evidence: [system.access.audit]
-- note: >
--   Between consecutive versions of one cluster (that people made) or warehouse, the newest first: a version that is written again unchanged is no change, and what a version
--   leaves out is as it was. Made and deleted is among them. See the shared CTE for what counts as a change.
SELECT at, known_name(name) AS name, kind, what, who, workspace_id, thing_id
FROM thing_changes
WHERE kind IN ('cluster', 'warehouse') AND what IS NOT NULL AND in_workspaces(workspace_id)
ORDER BY at DESC, kind, workspace_id, thing_id, what
LIMIT :limit
