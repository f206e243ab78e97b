-- uses: [jobs_latest]
-- optional: [system.lakeflow.jobs, system.lakeflow.job_run_timeline]
-- note: >
--   What each job is called, deleted ones and those of other regions included: by its newest version that has a name, else
--   by its newest run around :start to :end, else by the bill of these days. Runs that are submitted from outside are no
--   jobs, yet have a name. A job that none of them names is absent.
SELECT workspace_id, job_id, MAX(struct(place, known_at, name)).name AS name
FROM (
  SELECT workspace_id, job_id, 3 AS place, unix_millis(change_time) AS known_at, name
  FROM jobs_latest
  UNION ALL
  SELECT workspace_id, job_id, 2 AS place, unix_millis(period_start_time) AS known_at, run_name AS name
  FROM system.lakeflow.job_run_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3)
  UNION ALL
  SELECT workspace_id, usage_metadata.job_id AS job_id, 1 AS place, unix_millis(usage_end_time) AS known_at,
         COALESCE(usage_metadata.job_name, usage_metadata.run_name) AS name
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < :end AND usage_metadata.job_id IS NOT NULL
) named
WHERE name IS NOT NULL
GROUP BY workspace_id, job_id
