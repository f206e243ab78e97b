-- question: >
--   Who waits for what these jobs write?
-- params: {start: date, end: date, workspaces: text, jobs: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   tables: count
--   readers: count
-- ttl: 30m
-- uses: [table_reads]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   :jobs names them as workspace/job, with commas between; empty: all jobs. readers are the jobs, pipelines, dashboards, people and
--   recipients of shares that read what the job wrote in the window (table_reads), itself and what its identity asks for
--   left out, and where :workspaces are named whoever reads elsewhere. A job whose writes leave no lineage has no row.
WITH tables AS (
  SELECT table_name, collect_list(CASE WHEN is_asked THEN use END) AS writers, collect_list(use) AS users
  FROM (
    SELECT table_name,
           consumer_kind = 'job' AND writes > 0
             AND (:jobs = '' OR array_contains(split(:jobs, ','), workspace_id || '/' || consumer_id)) AS is_asked,
           named_struct('workspace_id', workspace_id, 'id', consumer_id, 'ran_as', ran_as, 'kind', consumer_kind,
                        'reads', reads, 'requester', CASE WHEN source = 'audit' AND consumer_kind = 'person' THEN ran_as END)
             AS use
    FROM table_reads
    WHERE in_workspaces(workspace_id)
  ) uses
  GROUP BY table_name
), written AS (
  SELECT table_name, users, writer
  FROM tables
  LATERAL VIEW explode(writers) e AS writer
), pairs AS (
  SELECT table_name, writer.workspace_id AS workspace_id, writer.id AS job_id, reader.kind AS kind,
         reader.workspace_id AS reader_workspace, reader.id AS reader_id,
         reader.reads > 0 AND size(filter(users, one -> one.kind = 'job' AND one.workspace_id = writer.workspace_id
           AND one.id = writer.id AND (one.ran_as = reader.requester OR (reader.kind = 'job'
             AND one.workspace_id = reader.workspace_id AND one.id = reader.id)))) = 0 AS counts
  FROM written
  LATERAL VIEW explode(users) e AS reader
)
SELECT workspace_id, job_id, COUNT(DISTINCT table_name) AS tables,
       COUNT(DISTINCT CASE WHEN counts THEN CASE WHEN kind IN ('person', 'recipient') THEN kind || ' ' || reader_id
         ELSE kind || ' ' || COALESCE(reader_workspace, '') || ' ' || reader_id END END) AS readers
FROM pairs
GROUP BY workspace_id, job_id
ORDER BY workspace_id, job_id
