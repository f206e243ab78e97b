-- uses: [table_traces]
-- note: >
--   Every trace between :start and :end (table_traces) that a principal used a table (both folded). Refused requests
--   count, too: whoever asks has not forgotten it.
SELECT principal, table_name, source, event_id, event_time
FROM table_traces
LATERAL VIEW explode(principals) e AS principal
WHERE principal IS NOT NULL
