-- question: >
--   Which runs succeeded and wrote nothing, though their job writes tables as a rule?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id, run_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   run_id: text
--   name: text  Job
--   started: time  Started
--   last_wrote: time  Last wrote
--   runs: count  Green runs until then
--   wrote: count  Of them wrote
-- things: {name: job}
-- ttl: 30m
-- uses: [job_runs, jobs_latest]
-- evidence: [system.access.table_lineage]
-- note: >
--   A run writes where lineage has an event of it with a target, a table or a path. As a rule: at least 5 of the job's green
--   runs in the window before it wrote, and 8 of 10 until the last one that did, so that a job that has written nothing for
--   long is still told of. Lineage comes late: runs count that ended before the newest event that any run of the window has left in it.
--   Ask it from some weeks before the days that are looked at.
WITH writing AS (
  SELECT workspace_id, entity_metadata.job_info.job_run_id AS run_id,
         MAX(CASE WHEN target_table_full_name IS NOT NULL OR target_path IS NOT NULL THEN 1 ELSE 0 END) AS wrote,
         MAX(event_time) AS last_event
  FROM system.access.table_lineage
  WHERE event_date >= :start AND event_date < date_add(:end, 1) AND entity_metadata.job_info.job_run_id IS NOT NULL
  GROUP BY workspace_id, entity_metadata.job_info.job_run_id
), seen AS (
  SELECT r.workspace_id, r.job_id, r.run_id, r.run_type, r.result_state, r.started, r.ended,
         COALESCE(w.wrote, 0) AS wrote, MAX(w.last_event) OVER () AS newest_event
  FROM job_runs r
  LEFT JOIN writing w ON w.workspace_id = r.workspace_id AND w.run_id = r.run_id
), green AS (
  SELECT workspace_id, job_id, run_id, started, wrote,
         SUM(wrote) OVER past AS wrote_so_far, COUNT(*) OVER past AS runs_so_far
  FROM seen
  WHERE run_type = 'JOB_RUN' AND result_state = 'SUCCEEDED' AND ended <= newest_event
  WINDOW past AS (PARTITION BY workspace_id, job_id ORDER BY started, run_id
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
), weighed AS (
  SELECT workspace_id, job_id, run_id, started, wrote, wrote_so_far,
         MAX(CASE WHEN wrote = 1 THEN runs_so_far END) OVER past AS runs_until,
         MAX(CASE WHEN wrote = 1 THEN started END) OVER past AS last_wrote
  FROM green
  WINDOW past AS (PARTITION BY workspace_id, job_id ORDER BY started, run_id
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT g.workspace_id, g.job_id, g.run_id, known_name(j.name) AS name, g.started, g.last_wrote,
       g.runs_until AS runs, g.wrote_so_far AS wrote
FROM weighed g
LEFT JOIN jobs_latest j ON j.workspace_id = g.workspace_id AND j.job_id = g.job_id
WHERE g.wrote = 0 AND g.wrote_so_far >= 5 AND 10 * g.wrote_so_far >= 8 * g.runs_until
ORDER BY started DESC, workspace_id, job_id, run_id
LIMIT :limit
