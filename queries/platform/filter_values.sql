-- question: Which owners, products, jobs, cost centres, teams, environments and tags does the usage of these days name?
-- params: {start: date, end: date, workspaces: text, cost_centers: text, limit: integer}
-- grain: [kind, value]
-- columns:
--   kind: text  (as the filters are called)
--   value: text  (as a filter takes it; a job is workspace_id/job_id, a tag key=value)
--   label: spelling
--   usage_rows: count
-- ttl: 12h
-- uses: [usage_chosen, job_names]
-- optional: [system.lakeflow.jobs, system.lakeflow.job_run_timeline]
-- note: >
--   The :limit of each kind on most usage rows. Names are folded: capitals, blanks and, in a tag's key, the signs between words
--   make no other one; the label is the first spelling in the alphabet. Which keys mean a cost centre, a team or an
--   environment is a setting. A job that is called nothing is called by its id.
WITH named AS (
  SELECT owner, product, CASE WHEN resource_kind = 'job' THEN workspace_id END AS workspace_id,
         CASE WHEN resource_kind = 'job' THEN resource_id END AS job_id, COUNT(*) AS usage_rows
  FROM usage_chosen
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), raw AS (
  SELECT raw_key, custom_tags[raw_key] AS raw_value, COUNT(*) AS usage_rows
  FROM usage_chosen
  LATERAL VIEW explode(map_keys(custom_tags)) e AS raw_key
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), tags AS (
  SELECT keyed(raw_key) AS tag_key, folded(raw_value) AS value, tidied(raw_value) AS label, usage_rows
  FROM raw
  WHERE folded(raw_value) <> ''
), found AS (
  SELECT 'owner' AS kind, owner AS value, owner AS label, usage_rows FROM named
  UNION ALL
  SELECT 'product' AS kind, product AS value, product AS label, usage_rows FROM named
  UNION ALL
  SELECT 'job' AS kind, concat(n.workspace_id, '/', n.job_id) AS value, COALESCE(j.name, n.job_id) AS label, n.usage_rows
  FROM named n
  LEFT JOIN job_names j ON j.workspace_id = n.workspace_id AND j.job_id = n.job_id
  UNION ALL
  SELECT 'tagged' AS kind, concat(tag_key, '=', value) AS value, concat(tag_key, ': ', label) AS label, usage_rows FROM tags
  UNION ALL
  SELECT CASE WHEN array_contains(cost_center_keys(), tag_key) THEN 'cost_center'
              WHEN array_contains(team_keys(), tag_key) THEN 'team'
              WHEN array_contains(environment_keys(), tag_key) THEN 'environment' END AS kind, value, label, usage_rows
  FROM tags
), counted AS (
  SELECT kind, value, MIN(label) AS label, SUM(usage_rows) AS usage_rows
  FROM found
  WHERE kind IS NOT NULL AND value IS NOT NULL
  GROUP BY kind, value
), ranked AS (
  SELECT kind, value, label, usage_rows, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY usage_rows DESC, value) AS place
  FROM counted
)
SELECT kind, value, label, usage_rows
FROM ranked
WHERE place <= :limit
ORDER BY kind, usage_rows DESC, value
