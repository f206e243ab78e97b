-- question: Which run read what which other run had written before it, and when was that there?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [runner_kind, workspace_id, run_id, writer_kind, writer_workspace, writer_run]
-- columns:
--   name: text  Step
--   started: time  Began
--   ended: time  Ended  (NULL while it runs)
--   state: code  State  (NULL while it runs)
--   trigger_type: code  Begun by
--   table_name: text  Reads  (NULL where it read nothing that another had written)
--   wrote_at: time  Written  (the newest before it began)
--   runner_kind: code
--   workspace_id: text
--   runner_id: text
--   run_id: text
--   writer_kind: code
--   writer_workspace: text
--   writer_id: text
--   writer_run: text
--   tables: count  (that it read of this writer)
--   reads: count  (tables that it read)
--   by_path: count  (its reads and writes of paths that are no table's)
--   writes: texts  (tables that it wrote)
--   owner: text  Owner  (who it runs as)
-- things: {name: [=runner_kind, workspace_id, runner_id], table_name: [table, table_name], owner: [principal, owner]}
-- ttl: 30m
-- uses: [job_runs, jobs_latest, pipelines_latest, table_places]
-- optional: [system.lakeflow.pipeline_update_timeline]
-- evidence: [system.access.table_lineage]
-- note: >
--   Runs of jobs and updates of pipelines that began between :start and :end, those that read nothing once. For each table that one read, the
--   newest write by another job or pipeline in the 24 hours before it began: what was written after that, it may have read too, and
--   it did not wait for it. Of several tables of one writer the last that was written. A path is a table's where it is the place of its storage; what is read or written by another path has
--   no name in lineage, and what made it is not here. The newest first where the :limit cuts.
WITH touched AS (
  SELECT l.workspace_id, l.runner_kind, l.run_id, l.side.use AS use, COALESCE(folded(l.side.name), p.table_name) AS table_name,
         l.event_time
  FROM (
    SELECT workspace_id, event_time,
           CASE WHEN entity_metadata.job_info.job_run_id IS NOT NULL THEN 'job' ELSE 'pipeline' END AS runner_kind,
           COALESCE(entity_metadata.job_info.job_run_id, entity_metadata.dlt_pipeline_info.dlt_update_id) AS run_id,
           explode(array(named_struct('use', 'read', 'name', source_table_full_name, 'path', source_path),
                         named_struct('use', 'write', 'name', target_table_full_name, 'path', target_path))) AS side
    FROM system.access.table_lineage
    WHERE event_date >= :start AND event_date < date_add(:end, 2) AND in_workspaces(workspace_id)
      AND (entity_metadata.job_info.job_run_id IS NOT NULL OR entity_metadata.dlt_pipeline_info.dlt_update_id IS NOT NULL)
  ) l
  LEFT JOIN table_places p ON l.side.name IS NULL AND p.place = placed(l.side.path)
  WHERE l.side.name IS NOT NULL OR l.side.path IS NOT NULL
), updates AS (
  SELECT workspace_id, pipeline_id, update_id, MIN(period_start_time) AS started, MAX(period_end_time) AS last_end,
         MAX(CASE WHEN result_state IS NOT NULL THEN period_end_time END) AS state_at, MAX(trigger_type) AS trigger_type,
         max_by(result_state, struct(period_end_time, period_start_time, result_state)) FILTER (WHERE result_state IS NOT NULL) AS state
  FROM system.lakeflow.pipeline_update_timeline
  WHERE period_start_time >= date_sub(:start, 3) AND period_start_time < date_add(:end, 3) AND in_workspaces(workspace_id)
  GROUP BY workspace_id, pipeline_id, update_id
  HAVING MIN(period_start_time) >= :start AND MIN(period_start_time) < :end
), ran AS (
  SELECT 'job' AS runner_kind, workspace_id, job_id AS runner_id, run_id, run_name, started, ended, result_state AS state, trigger_type
  FROM job_runs
  WHERE run_type IN ('JOB_RUN', 'SUBMIT_RUN')
  UNION ALL
  SELECT 'pipeline' AS runner_kind, workspace_id, pipeline_id AS runner_id, update_id AS run_id, CAST(NULL AS STRING) AS run_name,
         started, CASE WHEN state_at >= last_end THEN last_end END AS ended, CASE WHEN state_at >= last_end THEN state END AS state,
         trigger_type
  FROM updates
), used AS (
  SELECT r.runner_kind, r.workspace_id, r.runner_id, r.run_id, r.run_name, r.started, r.ended, r.state, r.trigger_type, t.use,
         t.table_name, MAX(t.event_time) AS last_at, COUNT(t.event_time) AS uses
  FROM ran r
  LEFT JOIN touched t ON t.runner_kind = r.runner_kind AND t.workspace_id = r.workspace_id AND t.run_id = r.run_id
  GROUP BY r.runner_kind, r.workspace_id, r.runner_id, r.run_id, r.run_name, r.started, r.ended, r.state, r.trigger_type, t.use,
           t.table_name
), counted AS (
  SELECT *, COUNT(CASE WHEN use = 'read' AND table_name IS NOT NULL THEN 1 END) OVER run AS reads,
         COALESCE(SUM(CASE WHEN use IS NOT NULL AND table_name IS NULL THEN uses END) OVER run, 0) AS by_path,
         array_sort(filter(collect_list(CASE WHEN use = 'write' AND table_name IS NOT NULL THEN table_name ELSE '' END) OVER run,
                           one -> one <> '')) AS writes
  FROM used
  WINDOW run AS (PARTITION BY runner_kind, workspace_id, run_id)
), found AS (
  SELECT c.*, w.runner_kind AS writer_kind, w.workspace_id AS writer_workspace, w.runner_id AS writer_id, w.run_id AS writer_run,
         w.last_at AS wrote_at
  FROM counted c
  LEFT JOIN used w
    ON c.use = 'read' AND w.use = 'write' AND w.table_name = c.table_name AND w.last_at <= c.started
       AND unix_seconds(w.last_at) > unix_seconds(c.started) - 86400
       AND concat_ws('/', w.runner_kind, w.workspace_id, w.runner_id) <> concat_ws('/', c.runner_kind, c.workspace_id, c.runner_id)
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY c.runner_kind, c.workspace_id, c.run_id, CASE WHEN w.run_id IS NOT NULL THEN c.table_name END
    ORDER BY w.last_at DESC NULLS LAST, w.workspace_id, w.run_id) = 1
), placed AS (
  SELECT *, COUNT(writer_run) OVER (PARTITION BY runner_kind, workspace_id, run_id) AS handovers,
         COUNT(CASE WHEN writer_run IS NOT NULL THEN 1 END) OVER (
           PARTITION BY runner_kind, workspace_id, run_id, writer_kind, writer_workspace, writer_run) AS tables,
         ROW_NUMBER() OVER (
           PARTITION BY runner_kind, workspace_id, run_id, writer_kind, writer_workspace, writer_run
           ORDER BY wrote_at DESC NULLS LAST, table_name) AS place
  FROM found
)
SELECT COALESCE(j.name, p.name, f.run_name, f.runner_id) AS name, f.started, f.ended, f.state, f.trigger_type,
       CASE WHEN f.writer_run IS NOT NULL THEN f.table_name END AS table_name, f.wrote_at, f.runner_kind, f.workspace_id, f.runner_id,
       f.run_id, f.writer_kind, f.writer_workspace, f.writer_id, f.writer_run, f.tables, f.reads, f.by_path, f.writes,
       COALESCE(j.run_as_user_name, p.run_as, p.created_by) AS owner
FROM placed f
LEFT JOIN jobs_latest j ON f.runner_kind = 'job' AND j.workspace_id = f.workspace_id AND j.job_id = f.runner_id
LEFT JOIN pipelines_latest p
  ON f.runner_kind = 'pipeline' AND p.workspace_id = f.workspace_id AND p.pipeline_id = f.runner_id
WHERE f.place = 1 AND (f.writer_run IS NOT NULL OR f.handovers = 0)
ORDER BY started DESC, runner_kind, workspace_id, run_id, wrote_at, writer_kind, writer_workspace, writer_run
LIMIT :limit
