-- question: Who did what to what, when, and with what outcome?
-- params: {start: date, end: date, since: time, until: time, actor: text, actors: text, thing: text, action: text, sorts: text,
--   outcome: text, person: text, workspaces: text, limit: integer}
-- grain: [event]
-- columns:
--   at: time  When
--   who: text  By
--   action: text  Did
--   name: text  To
--   what: text  What
--   outcome: code  Outcome
--   code: text  Error
--   address: text  From address
--   service: code  In
--   kind: text
--   workspace_id: text
--   thing_id: text
--   event: text
-- things: {who: [principal, who], name: [=kind, workspace_id, thing_id]}
-- ttl: 15m
-- uses: [audit_matches]
-- evidence: [system.access.audit]
-- note: >
--   Events of the audit log from :since to :until, within the days :start to :end, one per event_id, newest first, at most :limit. Empty
--   parameters ask for all: see the shared CTEs for what fits. Denied is an answer of 401 or 403, failed any other from 400 on. Parameters
--   of requests are never given out but for names, ids and rights: they may hold keys. Events of the account have workspace 0, or the
--   one that they name; where workspaces are chosen, only theirs.
SELECT at, who, action, name, what, outcome, code, address, service, kind, workspace_id, thing_id, event
FROM audit_matches
ORDER BY at DESC, event
LIMIT :limit
