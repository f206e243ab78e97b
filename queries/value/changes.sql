-- question: Which settings of things that have a bill became different, by whomever?
-- params: {start: date, end: date, workspaces: text, kinds: text}
-- grain: [kind, workspace_id, thing_id, at]
-- columns:
--   kind: text
--   workspace_id: text
--   thing_id: text
--   name: text  On
--   at: time  When
--   what: text  What  (before → after)
--   who: text  By  (where the audit log or the thing says it)
-- things: {name: [=kind, workspace_id, thing_id], who: [principal, who]}
-- ttl: 1h
-- uses: [thing_changes]
-- note: >
--   Changes of :kinds (warehouse, cluster, ..., with commas between them) from :start to :end, the newest first. A version that
--   is written again unchanged is no change; what a proposal did is among them. Who did it is whoever asked for
--   it within five minutes, by the audit log.
SELECT kind, workspace_id, thing_id, known_name(name) AS name, at, what, who
FROM thing_changes
WHERE kind IN ('job', 'pipeline', 'warehouse', 'cluster') AND what <> 'permissions changed' AND at >= :start AND at < :end AND in_workspaces(workspace_id)
  AND array_contains(listed(:kinds), kind)
ORDER BY at DESC, kind, workspace_id, thing_id
