-- uses: [setting_changes, thing_edits]
-- optional: [system.serving.served_entities]
-- note: >
--   What became different, from :start to :end: settings of things, and privileges, permissions, columns and serving
--   endpoints by the audit log. Who did it is whoever asked for it within five minutes, by the audit log, the last one
--   before it first; else of something new, who made it. name is NULL where no table has it.
WITH endpoints AS (
  SELECT workspace_id, endpoint_name, MAX(struct(change_time, endpoint_id)).endpoint_id AS endpoint_id
  FROM system.serving.served_entities
  GROUP BY workspace_id, endpoint_name
), both AS (
  SELECT kind, workspace_id, thing_id, name, at, what, made_by, CAST(NULL AS STRING) AS who, TRUE AS by_version
  FROM setting_changes
  UNION ALL
  SELECT a.kind, a.workspace_id, COALESCE(e.endpoint_id, a.thing_id) AS thing_id,
         CASE WHEN a.kind NOT IN ('job', 'pipeline', 'warehouse', 'cluster') THEN a.thing_id END AS name, a.at, a.what,
         CAST(NULL AS STRING) AS made_by, a.who, FALSE AS by_version
  FROM thing_edits a
  LEFT JOIN endpoints e ON a.kind = 'endpoint' AND e.workspace_id = a.workspace_id AND e.endpoint_name = a.thing_id
), seen AS (
  SELECT kind, workspace_id, thing_id, at, what, made_by, who, by_version,
         MAX(name) OVER (PARTITION BY kind, workspace_id, thing_id) AS name,
         LAST_VALUE(CASE WHEN (what IS NULL OR kind = 'endpoint') AND who IS NOT NULL THEN struct(at, who) END) IGNORE NULLS OVER (
           PARTITION BY kind, workspace_id, thing_id ORDER BY at, by_version, who
           ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS asked,
         FIRST_VALUE(CASE WHEN (what IS NULL OR kind = 'endpoint') AND who IS NOT NULL THEN struct(at, who) END) IGNORE NULLS OVER (
           PARTITION BY kind, workspace_id, thing_id ORDER BY at, by_version, who
           ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS asked_next
  FROM both
)
SELECT kind, workspace_id, thing_id, name, at, what,
       CASE WHEN NOT by_version THEN who
            WHEN unix_seconds(asked.at) >= unix_seconds(at) - 300 THEN asked.who
            WHEN unix_seconds(asked_next.at) <= unix_seconds(at) + 300 THEN asked_next.who
            ELSE made_by END AS who
FROM seen
WHERE what IS NOT NULL AND at >= :start AND at < :end
