-- uses: [setting_versions]
-- note: >
--   What became different, from :start to :end: settings of jobs, pipelines, warehouses and clusters between consecutive
--   versions (a value that a version leaves out is the one before; a version written again unchanged is no change; of
--   several settings of one version, one row), things made and deleted. A first version is a creation, at its create_time
--   where that is known. The newest version of every thing is there, too, with what NULL, for the thing's name.
WITH told AS (
  SELECT v.kind, v.workspace_id, v.thing_id, v.name, v.change_time, v.delete_time, v.create_time, v.made_by, s.setting,
         s.unit, s.value,
         LAST_VALUE(s.value) IGNORE NULLS OVER (
           PARTITION BY v.kind, v.workspace_id, v.thing_id, s.setting
           ORDER BY v.change_time, v.delete_time NULLS FIRST, s.value
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_value,
         LAST_VALUE(v.delete_time) IGNORE NULLS OVER (
           PARTITION BY v.kind, v.workspace_id, v.thing_id, s.setting
           ORDER BY v.change_time, v.delete_time NULLS FIRST, s.value
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS deleted_before,
         ROW_NUMBER() OVER (PARTITION BY v.kind, v.workspace_id, v.thing_id, s.setting
                            ORDER BY v.change_time, v.delete_time NULLS FIRST, s.value) AS first_one,
         ROW_NUMBER() OVER (PARTITION BY v.kind, v.workspace_id, v.thing_id, s.setting
                            ORDER BY v.change_time DESC, v.delete_time DESC NULLS LAST, s.value) AS newest
  FROM setting_versions v
  LATERAL VIEW explode(v.settings) e AS s
), said AS (
  SELECT kind, workspace_id, thing_id, name, made_by,
         CASE WHEN delete_time IS NOT NULL THEN delete_time WHEN first_one = 1 THEN COALESCE(create_time, change_time)
              ELSE change_time END AS at,
         CASE WHEN delete_time IS NOT NULL THEN CASE WHEN deleted_before IS NULL AND setting = 'name' THEN 'deleted' END
              WHEN first_one = 1 THEN CASE WHEN setting = 'name' THEN 'created' END
              WHEN value <> before_value
                THEN concat(setting, ' ', CASE WHEN before_value = '' THEN 'none' ELSE before_value END, ' → ',
                            CASE WHEN value = '' THEN 'none' ELSE concat(value, unit) END) END AS what,
         newest = 1 AND setting = 'name' AS is_newest
  FROM told
)
SELECT kind, workspace_id, thing_id, name, at, NULLIF(array_join(array_sort(collect_set(
         CASE WHEN at >= :start AND at < :end THEN what END)), ', '), '') AS what,
       MAX(CASE WHEN what = 'created' THEN made_by END) AS made_by
FROM said
WHERE is_newest OR (what IS NOT NULL AND at >= :start AND at < :end)
GROUP BY kind, workspace_id, thing_id, name, at
