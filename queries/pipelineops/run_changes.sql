-- question: >
--   What changed between the last good run and this one, in the job, its compute and its tables?
-- params: {start: date, end: date, workspaces: text, workspace_id: text, job_id: text, run_id: text, limit: integer}
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
-- ttl: 1h
-- uses: [job_runs, thing_changes]
-- optional: [system.access.audit]
-- evidence: [system.access.audit]
-- note: >
--   From the start of the last run that had succeeded before this one started (none in the window: from :start) to the end
--   of this one (still running: to :end), the newest first. Things are the job, the clusters and warehouses that its tasks
--   used in the window, and the tables that it read or wrote in it by lineage, with their schemas and catalogs: a grant on
--   one of these is a grant on the table. What is read by its path leaves no lineage.
WITH mine AS (
  SELECT run_id, started, ended, result_state, MAX(CASE WHEN run_id = :run_id THEN started END) OVER () AS this_started
  FROM job_runs
  WHERE workspace_id = :workspace_id AND job_id = :job_id
), span AS (
  SELECT MAX(this_started) AS this_started, MAX(CASE WHEN run_id = :run_id THEN ended END) AS this_ended,
         MAX(CASE WHEN run_id <> :run_id AND result_state = 'SUCCEEDED' AND started < this_started
                       AND ended <= this_started THEN started END) AS good_started
  FROM mine
), used AS (
  SELECT explode(compute_ids) AS compute_id
  FROM system.lakeflow.job_task_run_timeline
  WHERE period_start_time >= :start AND period_start_time < date_add(:end, 3)
    AND workspace_id = :workspace_id AND job_id = :job_id
), lineage AS (
  SELECT explode(array(source_table_full_name, target_table_full_name)) AS table_name
  FROM system.access.table_lineage
  WHERE event_date >= :start AND event_date < :end
    AND workspace_id = :workspace_id
    AND COALESCE(entity_metadata.job_info.job_id, CASE WHEN entity_type = 'JOB' THEN entity_id END) = :job_id
), concerned AS (
  SELECT DISTINCT 'compute' AS sort, compute_id AS thing_id
  FROM used
  UNION ALL
  SELECT DISTINCT 'table' AS sort, folded(table_name) AS thing_id
  FROM lineage
  WHERE table_name IS NOT NULL
  UNION ALL
  SELECT 'job' AS sort, :job_id AS thing_id
)
SELECT DISTINCT c.at, c.what, known_name(c.name) AS name, c.who, c.kind, c.workspace_id, c.thing_id
FROM thing_changes c
JOIN span s ON (s.good_started IS NULL OR c.at >= s.good_started) AND (s.this_ended IS NULL OR c.at <= s.this_ended)
JOIN concerned t
  ON (t.sort = 'job' AND c.kind = 'job' AND c.workspace_id = :workspace_id AND c.thing_id = t.thing_id)
  OR (t.sort = 'compute' AND c.kind IN ('cluster', 'warehouse') AND c.workspace_id = :workspace_id
      AND c.thing_id = t.thing_id)
  OR (t.sort = 'table' AND c.kind = 'table' AND folded(c.thing_id) = t.thing_id)
  OR (t.sort = 'table' AND c.kind IN ('schema', 'catalog') AND startswith(t.thing_id, folded(c.thing_id) || '.'))
WHERE s.this_started IS NOT NULL AND in_workspaces(c.workspace_id)
ORDER BY at DESC, kind, workspace_id, name, thing_id, what
LIMIT :limit
