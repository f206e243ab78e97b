-- question: Which jobs run as somebody who is not there any more, as a person, or were made by somebody who is gone?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [workspace_id, job_id]
-- columns:
--   name: text  Job
--   why: text  What is wrong
--   runs_as: text  Runs as
--   last_seen: date  Last seen  (of who it runs as, where that is a person)
--   creator: text  Made by
--   creator_seen: date  Maker last seen
--   workspace_id: text
--   job_id: text
--   wrong: count  (jobs with something wrong, of all)
--   jobs: count  (jobs that are there)
--   unknown: count  (of which nobody says who they run as)
-- things: {name: job, runs_as: [principal, runs_as], creator: [principal, creator]}
-- ttl: 12h
-- look_back: 0d
-- uses: [person_days, jobs_latest]
-- optional: [system.lakeflow.jobs.run_as_user_name, system.lakeflow.jobs.creator_user_name]
-- note: >
--   Jobs that are not deleted. Nobody of that name did anything between :start and :end (requests, statements; a job's own statements
--   do not count): he may be on leave, or gone. A job that runs as a person stops with that person. Services have an id without an @, and
--   are not looked for. Worst first: runs as somebody not seen, then as a person, then made by somebody not seen.
WITH seen AS (
  SELECT person, MAX(day) AS last_seen
  FROM person_days
  GROUP BY person
), roles AS (
  SELECT workspace_id, job_id, known_name(name) AS name, COALESCE(run_as_user_name, run_as) AS runs_as, creator_user_name AS creator, role
  FROM jobs_latest
  LATERAL VIEW explode(array('runs as', 'made by')) e AS role
  WHERE delete_time IS NULL AND in_workspaces(workspace_id)
), known AS (
  SELECT r.workspace_id, r.job_id, r.name, r.runs_as, r.creator, MAX(CASE WHEN r.role = 'runs as' THEN s.last_seen END) AS last_seen,
         MAX(CASE WHEN r.role = 'made by' THEN s.last_seen END) AS creator_seen
  FROM roles r
  LEFT JOIN seen s ON s.person = CASE r.role WHEN 'runs as' THEN r.runs_as ELSE r.creator END
  GROUP BY r.workspace_id, r.job_id, r.name, r.runs_as, r.creator
), judged AS (
  SELECT *, CASE WHEN contains(runs_as, '@') AND last_seen IS NULL THEN 1
                 WHEN contains(runs_as, '@') THEN 2
                 WHEN contains(creator, '@') AND creator_seen IS NULL THEN 3 END AS place
  FROM known
), counted AS (
  SELECT *, COUNT(place) OVER () AS wrong, COUNT(*) OVER () AS jobs, COUNT(CASE WHEN runs_as IS NULL THEN 1 END) OVER () AS unknown
  FROM judged
)
SELECT name, CASE place WHEN 1 THEN 'runs as somebody not seen' WHEN 2 THEN 'runs as a person' ELSE 'maker not seen' END AS why, runs_as,
       last_seen, creator, creator_seen, workspace_id, job_id, wrong, jobs, unknown
FROM counted
WHERE place IS NOT NULL
ORDER BY place, last_seen NULLS FIRST, name, workspace_id, job_id
LIMIT :limit
