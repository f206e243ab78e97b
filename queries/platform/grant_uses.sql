-- question: >
--   When and how did somebody last use a table?
-- params: {start: date, end: date, principal: text, table_name: text}
-- grain: [source]
-- columns:
--   source: text  (table lineage, column lineage or audit)
--   uses: count
--   last_use: time
-- ttl: 1h
-- uses: [table_uses]
-- note: >
--   Reads, writes and requests, by full name or by the path of its storage, upper and lower case alike. No row: no trace in the window. What a view's
--   owner reads on somebody's behalf counts for both where lineage names both.
SELECT source, COUNT(DISTINCT event_id) AS uses, MAX(event_time) AS last_use
FROM table_uses
WHERE principal = folded(:principal) AND table_name = folded(:table_name)
GROUP BY source
ORDER BY source
