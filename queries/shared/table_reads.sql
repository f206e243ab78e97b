-- uses: [table_traces]
-- note: >
--   Who read or wrote each table (folded) between :start and :end, one row per consumer and identity: the only answer to "who
--   reads this". What lineage tells of is told once: column lineage counts where table lineage has no read of the same
--   consumer, and a request (source audit) where lineage knows of no use that explains it: a read of the same identity,
--   or any use where the request also lets write. Engines outside leave nothing else. Refused requests are no reads.
SELECT source, table_name, consumer_kind, workspace_id, consumer_id, ran_as, reads, writes, last_read
FROM (
  SELECT *,
         MAX(CASE WHEN source = 'table lineage' AND reads > 0 THEN 1 ELSE 0 END) OVER (
           PARTITION BY table_name, consumer_kind, workspace_id, consumer_id) AS is_known,
         MAX(CASE WHEN source <> 'audit' AND (reads > 0 OR writes > 0) THEN CASE WHEN reads > 0 THEN 2 ELSE 1 END ELSE 0 END) OVER (
           PARTITION BY table_name, ran_as) AS known_as,
         MAX(CASE WHEN source <> 'audit' AND (reads > 0 OR writes > 0) THEN CASE WHEN reads > 0 THEN 2 ELSE 1 END ELSE 0 END) OVER (
           PARTITION BY table_name, CASE WHEN source = 'audit' THEN consumer_id ELSE ran_as END) AS known_of
  FROM (
    SELECT source, table_name, consumer_kind, workspace_id, consumer_id, ran_as, use = 'request' AS is_request,
           COUNT(DISTINCT CASE WHEN use <> 'write' THEN event_id END) AS reads,
           COUNT(DISTINCT CASE WHEN use = 'write' THEN event_id END) AS writes,
           MAX(CASE WHEN use <> 'write' THEN event_time END) AS last_read
    FROM table_traces
    WHERE use <> 'refused' AND consumer_id IS NOT NULL
    GROUP BY source, table_name, consumer_kind, workspace_id, consumer_id, ran_as, use = 'request'
  ) uses
) weighed
WHERE CASE source WHEN 'table lineage' THEN true
                  WHEN 'column lineage' THEN writes > 0 OR is_known = 0
                  ELSE consumer_kind = 'recipient' OR GREATEST(known_as, known_of) < CASE WHEN is_request THEN 1 ELSE 2 END END
