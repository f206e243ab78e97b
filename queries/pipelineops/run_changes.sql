-- question: >
--   What changed between the last good run and this one, in the job, its compute and its tables, and which job before it failed?
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
-- uses: [job_runs, jobs_latest, thing_changes]
-- optional: [system.access.audit, system.lakeflow.jobs.run_as_user_name]
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
), flows AS (
  SELECT COALESCE(entity_metadata.job_info.job_id, CASE WHEN entity_type = 'JOB' THEN entity_id END) AS job_id,
         explode(array(named_struct('name', folded(source_table_full_name), 'written', false),
                       named_struct('name', folded(target_table_full_name), 'written', true))) AS touched
  FROM system.access.table_lineage
  WHERE event_date >= :start AND event_date < :end
    AND workspace_id = :workspace_id
), before_it AS (
  SELECT DISTINCT job_id
  FROM (
    SELECT job_id, touched.written AS written,
           MAX(CASE WHEN job_id = :job_id AND NOT touched.written THEN 1 END) OVER (PARTITION BY touched.name) AS read_by_it
    FROM flows
    WHERE touched.name IS NOT NULL
  ) sides
  WHERE written AND read_by_it = 1 AND job_id <> :job_id
), ended_before AS (
  SELECT r.job_id, r.ended, r.result_state, r.termination_code, s.good_started
  FROM job_runs r
  JOIN before_it b ON b.job_id = r.job_id
  JOIN span s ON r.ended <= s.this_started
  WHERE r.workspace_id = :workspace_id AND r.result_state IN ('SUCCEEDED', 'FAILED', 'ERROR', 'TIMED_OUT')
  QUALIFY ROW_NUMBER() OVER (PARTITION BY r.job_id ORDER BY r.ended DESC, r.run_id DESC) = 1
), concerned AS (
  SELECT DISTINCT 'compute' AS sort, compute_id AS thing_id
  FROM used
  UNION ALL
  SELECT DISTINCT 'table' AS sort, touched.name AS thing_id
  FROM flows
  WHERE job_id = :job_id AND touched.name IS NOT NULL
  UNION ALL
  SELECT 'job' AS sort, :job_id AS thing_id
  UNION ALL
  SELECT 'lost' AS sort, concat(' taken from ', COALESCE(run_as_user_name, run_as), ',') AS thing_id
  FROM jobs_latest
  WHERE workspace_id = :workspace_id AND job_id = :job_id AND COALESCE(run_as_user_name, run_as) IS NOT NULL
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
  OR (t.sort = 'lost' AND c.kind IN ('table', 'schema', 'catalog') AND contains(concat(folded(c.what), ','), t.thing_id))
WHERE s.this_started IS NOT NULL AND in_workspaces(c.workspace_id)
UNION ALL
SELECT e.ended AS at, concat('run failed (', COALESCE(e.termination_code, e.result_state), ')') AS what,
       known_name(j.name) AS name, CAST(NULL AS STRING) AS who, 'job' AS kind, :workspace_id AS workspace_id, e.job_id AS thing_id
FROM ended_before e
LEFT JOIN jobs_latest j ON j.workspace_id = :workspace_id AND j.job_id = e.job_id
WHERE e.result_state <> 'SUCCEEDED' AND (e.good_started IS NULL OR e.ended >= e.good_started)
ORDER BY at DESC, kind, workspace_id, name, thing_id, what
LIMIT :limit
