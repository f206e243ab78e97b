-- question: Who uses coding agents, and how many of their calls name a governed service?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [caller]
-- columns:
--   caller: text  Developer
--   clients: text  Clients
--   calls: count  Calls
--   ungoverned: count  Without a service
--   part: share  Of them
--   tokens: tokens  Tokens
--   last_call: time  Last call
-- things: {caller: [principal, caller]}
-- ttl: 1h
-- uses: [model_calls]
-- note: >
--   Calls of the gateway with the user agent of a coding agent; those without a service first. Retries are calls.
SELECT caller, concat_ws(', ', array_sort(collect_set(client))) AS clients, COUNT(*) AS calls,
       SUM(CASE WHEN service_name IS NULL THEN 1 ELSE 0 END) AS ungoverned,
       try_divide(CAST(SUM(CASE WHEN service_name IS NULL THEN 1 ELSE 0 END) AS DOUBLE), COUNT(*)) AS part, SUM(tokens) AS tokens,
       MAX(event_time) AS last_call
FROM model_calls
WHERE event_time >= :start AND event_time < :end AND client IS NOT NULL AND caller IS NOT NULL
GROUP BY caller
ORDER BY ungoverned DESC, calls DESC, caller
LIMIT :limit
