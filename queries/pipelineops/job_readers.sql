-- question: >
--   Who waits for what these jobs write?
-- params: {start: date, end: date, jobs: text}
-- grain: [workspace_id, job_id]
-- columns:
--   workspace_id: text
--   job_id: text
--   tables: count
--   readers: count
-- ttl: 30m
-- uses: [lineage_events, table_places]
-- evidence: [system.access.table_lineage]
-- note: >
--   :jobs names them as workspace/job, with commas between. readers are the jobs, pipelines, dashboards and people that
--   read what the job wrote in the window, by a table's full name or by the path of its storage, itself left out. A job
--   whose writes leave no lineage has no row.
WITH wrote AS (
  SELECT DISTINCT workspace_id, consumer_id AS job_id, target_name, target_path
  FROM lineage_events
  WHERE consumer_kind = 'job' AND (target_name IS NOT NULL OR target_path IS NOT NULL)
    AND array_contains(split(:jobs, ','), workspace_id || '/' || consumer_id)
), written AS (
  SELECT DISTINCT w.workspace_id, w.job_id, COALESCE(folded(w.target_name), p.table_name) AS table_name, p.place
  FROM wrote w
  LEFT JOIN (SELECT folded(table_name) AS table_name, place FROM table_places) p ON p.table_name = folded(w.target_name) OR startswith(w.target_path, p.place)
  WHERE w.target_name IS NOT NULL OR p.table_name IS NOT NULL
)
SELECT w.workspace_id, w.job_id, COUNT(DISTINCT w.table_name) AS tables,
       COUNT(DISTINCT CASE WHEN r.consumer_kind = 'person' THEN r.consumer_id
                           ELSE r.consumer_kind || ' ' || r.workspace_id || ' ' || r.consumer_id END) AS readers
FROM written w
LEFT JOIN lineage_events r
  ON (folded(r.source_name) = w.table_name OR startswith(r.source_path, w.place))
 AND NOT (r.consumer_kind = 'job' AND r.workspace_id = w.workspace_id AND r.consumer_id = w.job_id)
GROUP BY w.workspace_id, w.job_id
ORDER BY workspace_id, job_id
