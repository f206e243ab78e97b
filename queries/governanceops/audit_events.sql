-- question: Who did what to what, when, and with what outcome?
-- params: {start: date, end: date, since: time, until: time, actor: text, actors: text, thing: text, action: text, sorts: text,
--   outcome: text, person: text, workspaces: text, limit: integer}
-- grain: [event, whom]
-- columns:
--   at: time  When
--   who: text  By
--   action: text  Did
--   name: text  To
--   gave: text  Gave  (sorted, comma-separated)
--   took: text  Took
--   whom: text  Whom
--   outcome: code  Outcome
--   code: text  Error
--   address: text  From
--   service: code  In
--   kind: text
--   workspace_id: text
--   thing_id: text
--   event: text
-- things: {who: [principal, who], name: [=kind, workspace_id, thing_id], whom: [principal, whom]}
-- ttl: 15m
-- uses: [audit_matches]
-- evidence: [system.access.audit]
-- note: >
--   Events of the audit log from :since to :until, within the days :start to :end: one row per event_id, or where rights changed one for
--   each principal that gained or lost some; newest first, at most :limit rows. Empty parameters ask for all: see the shared CTEs for
--   what fits. whom is whose rights changed (also who came into a group or left it), in small letters. Denied is an answer of 401 or 403,
--   failed any other from 400 on. Parameters of requests are never given out but for names, ids and rights: they may hold keys. Events of
--   the account have workspace 0, or the one that they name; where workspaces are chosen, only theirs.
SELECT at, who, action, name,
       NULLIF(array_join(array_sort(array_distinct(flatten(transform(filter(sides, one -> COALESCE(folded(one.principal), '') = spelt),
              one -> COALESCE(one.add, array()))))), ', '), '') AS gave,
       NULLIF(array_join(array_sort(array_distinct(flatten(transform(filter(sides, one -> COALESCE(folded(one.principal), '') = spelt),
              one -> COALESCE(one.remove, array()))))), ', '), '') AS took,
       NULLIF(spelt, '') AS whom, outcome, code, address, service, kind, workspace_id, thing_id, event
FROM audit_matches
LATERAL VIEW explode(CASE WHEN size(sides) > 0 THEN array_distinct(transform(sides, one -> COALESCE(folded(one.principal), '')))
                          ELSE array('') END) e AS spelt
ORDER BY at DESC, event, whom
LIMIT :limit
