-- uses: [jobs_latest, pipelines_latest]
-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines]
-- note: The last known name of each job and pipeline of this region, deleted ones included.
SELECT workspace_id, 'job' AS runner_kind, job_id AS runner_id, name AS runner_name FROM jobs_latest
UNION ALL
SELECT workspace_id, 'pipeline' AS runner_kind, pipeline_id AS runner_id, name AS runner_name FROM pipelines_latest
