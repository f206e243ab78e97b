-- question: On which days was this table written, and how many read it?
-- params: {start: date, end: date, workspaces: text, id: text}
-- grain: [day]
-- columns:
--   day: date  Day
--   writes: count  Writes
--   readers: count  Readers
-- ttl: 1h
-- uses: [table_traces]
-- optional: [system.access.audit]
-- evidence: [system.access.table_lineage]
-- note: >
--   By UTC day. writes are those that table lineage tells of, each event once; readers are the jobs, pipelines, dashboards and
--   people that read it on that day by lineage, and the recipients of shares, each once. Whoever leaves a request only is
--   among its users (things.table_users), not here: it may be the writer's own. A day without a trace is absent.
SELECT to_date(event_time) AS day,
       COUNT(DISTINCT CASE WHEN use = 'write' AND source = 'table lineage' THEN event_id END) AS writes,
       COUNT(DISTINCT CASE WHEN use <> 'write' THEN concat_ws('/', consumer_kind, CASE WHEN consumer_kind
         IN ('person', 'recipient') THEN '' ELSE COALESCE(workspace_id, '') END, consumer_id) END) AS readers
FROM table_traces
WHERE table_name = folded(:id) AND use <> 'refused' AND consumer_id IS NOT NULL AND in_workspaces(workspace_id)
  AND (source <> 'audit' OR consumer_kind = 'recipient')
GROUP BY to_date(event_time)
ORDER BY day
