-- question: >
--   What changed in one thing?
-- params: {start: date, end: date, kind: text, id: text, workspaces: text, limit: integer}
-- grain: [kind, workspace_id, thing_id, at, what]
-- columns:
--   at: time  When
--   what: text  What  (before → after)
--   name: text  On
--   who: text  By  (where the audit log or the thing says it)
--   kind: text
--   workspace_id: text
--   thing_id: text
-- things: {name: [=kind, workspace_id, thing_id], who: [principal, who]}
-- ttl: 5m
-- uses: [thing_changes]
-- evidence: [system.access.audit]
-- note: >
--   From :start to :end, newest first, of the thing of :kind that is :id; its workspace, if it lives in one, is that of
--   :workspaces. Of a principal: what they changed, and rights that they got or lost themselves. See the shared CTE for what
--   counts as a change.
SELECT at, what, known_name(name) AS name, who, kind, workspace_id, thing_id
FROM thing_changes
WHERE (kind = :kind AND (thing_id = :id OR (kind IN ('table', 'schema', 'catalog', 'model') AND folded(thing_id) = folded(:id)))
       OR (:kind = 'principal' AND (who = folded(:id)
           OR (kind NOT IN ('job', 'pipeline', 'warehouse', 'cluster', 'endpoint')
               AND (endswith(folded(what), concat(' granted to ', folded(:id)))
                    OR endswith(folded(what), concat(' taken from ', folded(:id))))))))
  AND in_workspaces(workspace_id)
ORDER BY at DESC, kind, workspace_id, name, thing_id, what
LIMIT :limit
