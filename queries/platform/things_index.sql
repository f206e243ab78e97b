-- question: >
--   Which things are there that somebody could look for, and by what words?
-- params: {start: date, end: date, workspaces: text, cost_centers: text}
-- grain: [kind, workspace_id, id]
-- columns:
--   kind: text  (of things.KINDS)
--   workspace_id: text  (NULL for what belongs to the whole account)
--   id: text  (as things.Thing has it)
--   name: text
--   owner: text
--   tags: texts  (key=value, in the order of the alphabet)
--   deleted: flag
--   last_seen: time
-- ttl: 12h
-- uses: [jobs_latest, pipelines_latest, interactive_clusters, warehouses_latest, workspaces, usage_chosen]
-- optional: [system.lakeflow.jobs, system.lakeflow.pipelines, system.compute.clusters, system.compute.warehouses,
--   system.serving.served_entities, system.query.history, system.information_schema.tables,
--   system.information_schema.table_tags]
-- evidence: [system.billing.usage]
-- note: >
--   Jobs, pipelines, SQL warehouses, clusters made by hand and serving endpoints by their newest version, the models that these serve, deleted ones
--   included; what else was billed from :start to :end, as of other regions; dashboards and people by the statements of
--   these days; people and services also as owners, cost centres by the tag, workspaces. The name is that of the newest
--   version, else what the bill calls it; last_seen is the newest record of any sort. Tables and views, and the schemas
--   and catalogs that hold one, belong to no workspace and no cost centre, so they are there only where all rows are.
--   Runs are too many: look for one by its job.
WITH endpoints AS (
  SELECT workspace_id, endpoint_id, endpoint_name, folded(created_by) AS created_by, change_time, endpoint_delete_time
  FROM system.serving.served_entities
  QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, endpoint_id ORDER BY change_time DESC, endpoint_delete_time DESC NULLS LAST, served_entity_id) = 1
), table_labels AS (
  SELECT folded(catalog_name || '.' || schema_name || '.' || table_name) AS id,
         array_agg(struct(tag_name AS key, tag_value AS value)) AS tags
  FROM system.information_schema.table_tags
  GROUP BY folded(catalog_name || '.' || schema_name || '.' || table_name)
), records AS (
  SELECT 'job' AS kind, workspace_id, job_id AS id, name, run_as_user_name AS owner, creator_user_name AS maker,
         map_entries(tags) AS tags, delete_time IS NOT NULL AS is_deleted, change_time AS seen, 2 AS place
  FROM jobs_latest
  UNION ALL
  SELECT 'pipeline' AS kind, workspace_id, pipeline_id AS id, name, run_as AS owner, created_by AS maker,
         map_entries(tags) AS tags, delete_time IS NOT NULL AS is_deleted, change_time AS seen, 2 AS place
  FROM pipelines_latest
  UNION ALL
  SELECT 'warehouse' AS kind, workspace_id, warehouse_id AS id, warehouse_name AS name, created_by AS owner,
         CAST(NULL AS STRING) AS maker, map_entries(tags) AS tags, delete_time IS NOT NULL AS is_deleted,
         change_time AS seen, 2 AS place
  FROM warehouses_latest
  UNION ALL
  SELECT 'cluster' AS kind, workspace_id, cluster_id AS id, cluster_name AS name, owned_by AS owner,
         CAST(NULL AS STRING) AS maker, map_entries(tags) AS tags, delete_time IS NOT NULL AS is_deleted,
         change_time AS seen, 2 AS place
  FROM interactive_clusters
  WHERE cluster_source IN ('UI', 'API')
  UNION ALL
  SELECT 'endpoint' AS kind, workspace_id, endpoint_id AS id, endpoint_name AS name, created_by AS owner,
         CAST(NULL AS STRING) AS maker, CAST(NULL AS ARRAY<STRUCT<key: STRING, value: STRING>>) AS tags,
         endpoint_delete_time IS NOT NULL AS is_deleted, change_time AS seen, 2 AS place
  FROM endpoints
  UNION ALL
  SELECT 'model' AS kind, workspace_id, folded(entity_name) AS id, folded(entity_name) AS name, CAST(NULL AS STRING) AS owner,
         CAST(NULL AS STRING) AS maker, CAST(NULL AS ARRAY<STRUCT<key: STRING, value: STRING>>) AS tags, false AS is_deleted,
         MAX(change_time) AS seen, 2 AS place
  FROM system.serving.served_entities
  WHERE entity_type = 'CUSTOM_MODEL' AND size(split(entity_name, '[.]')) = 3
  GROUP BY workspace_id, folded(entity_name)
  UNION ALL
  SELECT 'workspace' AS kind, workspace_id, workspace_id AS id, workspace_name AS name, CAST(NULL AS STRING) AS owner,
         CAST(NULL AS STRING) AS maker, CAST(NULL AS ARRAY<STRUCT<key: STRING, value: STRING>>) AS tags,
         false AS is_deleted, CAST(NULL AS TIMESTAMP) AS seen, 2 AS place
  FROM workspaces
  UNION ALL
  SELECT resource_kind AS kind, workspace_id, resource_id AS id, MAX(billed_name) AS name, owner,
         CAST(NULL AS STRING) AS maker, map_entries(custom_tags) AS tags, false AS is_deleted,
         MAX(usage_end_time) AS seen, 1 AS place
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY resource_kind, workspace_id, resource_id, owner, map_entries(custom_tags)
  UNION ALL
  SELECT CASE WHEN query_source.dashboard_id IS NOT NULL OR query_source.legacy_dashboard_id IS NOT NULL
              THEN 'dashboard' ELSE 'none' END AS kind,
         workspace_id, COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) AS id,
         CAST(NULL AS STRING) AS name, folded(executed_by) AS owner, CAST(NULL AS STRING) AS maker,
         CAST(NULL AS ARRAY<STRUCT<key: STRING, value: STRING>>) AS tags, false AS is_deleted,
         MAX(start_time) AS seen, 1 AS place
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end
  GROUP BY 1, workspace_id, COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id), folded(executed_by)
), marked AS (
  SELECT *, array_sort(transform(tags, e -> tidied(e.key) || '=' || COALESCE(tidied(e.value), ''))) AS labels,
         array_min(filter(
           transform(filter(tags, e -> array_contains(cost_center_keys(), keyed(e.key))), e -> tidied(e.value)),
           v -> v <> '')) AS cost_center
  FROM records
  WHERE in_workspaces(workspace_id)
), chosen AS (
  SELECT kind, workspace_id, id, name, NULLIF(owner, '') AS owner, NULLIF(maker, '') AS maker, labels, is_deleted, seen, place,
         cost_center, CAST(NULL AS STRING) AS in_schema, CAST(NULL AS STRING) AS in_catalog
  FROM marked
  WHERE :cost_centers = '' OR array_contains(listed(:cost_centers), cost_center)
  UNION ALL
  SELECT 'table' AS kind, CAST(NULL AS STRING) AS workspace_id,
         folded(t.table_catalog || '.' || t.table_schema || '.' || t.table_name) AS id,
         folded(t.table_catalog || '.' || t.table_schema || '.' || t.table_name) AS name,
         NULLIF(folded(t.table_owner), '') AS owner, CAST(NULL AS STRING) AS maker,
         array_sort(transform(l.tags, e -> tidied(e.key) || '=' || COALESCE(tidied(e.value), ''))) AS labels,
         false AS is_deleted, t.last_altered AS seen, 2 AS place, CAST(NULL AS STRING) AS cost_center,
         folded(t.table_catalog || '.' || t.table_schema) AS in_schema, folded(t.table_catalog) AS in_catalog
  FROM system.information_schema.tables t
  LEFT JOIN table_labels l ON l.id = folded(t.table_catalog || '.' || t.table_schema || '.' || t.table_name)
  WHERE in_workspaces('') AND :cost_centers = '' AND t.table_schema <> 'information_schema'
), named AS (
  SELECT CASE part WHEN 'thing' THEN kind ELSE part END AS kind,
         CASE WHEN part = 'thing' AND kind NOT IN ('workspace', 'model') THEN workspace_id END AS workspace_id,
         CASE part WHEN 'thing' THEN id WHEN 'principal' THEN COALESCE(owner, maker) WHEN 'workspace' THEN workspace_id
                   WHEN 'cost_centre' THEN cost_center WHEN 'schema' THEN in_schema WHEN 'catalog' THEN in_catalog END AS id,
         CASE WHEN part = 'thing' THEN name END AS name, CASE WHEN part = 'thing' THEN owner END AS owner,
         CASE WHEN part = 'thing' THEN maker END AS maker, CASE WHEN part = 'thing' THEN labels END AS labels,
         part = 'thing' AND is_deleted AS is_deleted, seen, place, part = 'thing' AND kind = 'workspace' AS is_listed
  FROM chosen
  LATERAL VIEW explode(CASE WHEN kind = 'table' THEN array('thing', 'principal', 'schema', 'catalog')
                            ELSE array('thing', 'principal', 'cost_centre', 'workspace') END) p AS part
), things AS (
  SELECT kind, workspace_id, id, MAX(CASE WHEN name IS NOT NULL THEN struct(place, seen, name) END).name AS name,
         COALESCE(MAX(CASE WHEN owner IS NOT NULL THEN struct(place, seen, owner) END).owner, MAX(maker)) AS owner,
         MAX(CASE WHEN labels IS NOT NULL THEN struct(place, seen, labels) END).labels AS tags,
         MAX(CASE WHEN is_deleted THEN 1 ELSE 0 END) AS deletions, MAX(seen) AS last_seen,
         MAX(CASE WHEN is_listed THEN 1 ELSE 0 END) AS is_listed
  FROM named
  WHERE kind <> 'none' AND id <> ''
  GROUP BY kind, workspace_id, id
)
SELECT kind, workspace_id, id, name, owner, tags,
       deletions = 1 OR (kind = 'workspace' AND is_listed = 0 AND MAX(is_listed) OVER () = 1) AS deleted, last_seen
FROM things
ORDER BY kind, workspace_id, id
