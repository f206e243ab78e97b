-- question: Which owners, products, jobs, cost centres, teams, environments and tags does the usage of these days name?
-- params: {start: date, end: date, workspaces: text, cost_centers: text, limit: integer}
-- grain: [kind, value]
-- columns:
--   kind: text  (as the filters are called)
--   value: text  (as a filter takes it; a job is workspace_id/job_id, a tag key=value)
--   label: spelling
--   usage_rows: count
-- ttl: 12h
-- uses: [usage_chosen, jobs_latest]
-- optional: [system.lakeflow.jobs]
-- note: >
--   The :limit of each kind on most usage rows. Names are folded: capitals, blanks and, in a tag's key, the signs between words
--   make no other one; the label is the first spelling in the alphabet. Which keys mean a cost centre, a team or an
--   environment is a setting. A job is called by its newest version, else by the bill, else by its id.
WITH said AS (
  SELECT part.kind AS kind, part.name AS name, part.label AS label, MAX(part.billed) AS billed, COUNT(*) AS usage_rows
  FROM (
    SELECT explode(concat(
      array(named_struct('kind', 'owner', 'name', owner, 'label', owner, 'billed', CAST(NULL AS STRING)),
            named_struct('kind', 'product', 'name', product, 'label', product, 'billed', CAST(NULL AS STRING)),
            named_struct('kind', 'job', 'name', CASE WHEN resource_kind = 'job' THEN workspace_id END, 'label', resource_id,
                         'billed', billed_name)),
      transform(COALESCE(map_keys(custom_tags), CAST(array() AS ARRAY<STRING>)),
                tag -> named_struct('kind', 'tag', 'name', tag, 'label', custom_tags[tag], 'billed', CAST(NULL AS STRING))))) AS part
    FROM usage_chosen
    WHERE usage_date >= :start AND usage_date < :end
  ) parts
  WHERE part.name IS NOT NULL
  GROUP BY part.kind, part.name, part.label
), meant AS (
  SELECT kind, name, label, billed, tag_key, usage_rows,
         explode(CASE WHEN kind <> 'tag' THEN array(kind)
                      WHEN array_contains(cost_center_keys(), tag_key) THEN array('tagged', 'cost_center')
                      WHEN array_contains(team_keys(), tag_key) THEN array('tagged', 'team')
                      WHEN array_contains(environment_keys(), tag_key) THEN array('tagged', 'environment')
                      ELSE array('tagged') END) AS meaning
  FROM (SELECT kind, name, label, billed, usage_rows, CASE WHEN kind = 'tag' THEN keyed(name) END AS tag_key FROM said) keys
  WHERE kind <> 'tag' OR folded(label) <> ''
), found AS (
  SELECT m.meaning AS kind,
         CASE WHEN m.kind = 'job' THEN concat(m.name, '/', m.label)
              WHEN m.meaning = 'tagged' THEN concat(m.tag_key, '=', folded(m.label))
              WHEN m.kind = 'tag' THEN folded(m.label) ELSE m.name END AS value,
         CASE WHEN m.kind = 'job' THEN COALESCE(j.name, m.billed, m.label)
              WHEN m.meaning = 'tagged' THEN concat(m.tag_key, ': ', tidied(m.label))
              WHEN m.kind = 'tag' THEN tidied(m.label) ELSE m.name END AS label, m.usage_rows
  FROM meant m
  LEFT JOIN jobs_latest j ON m.kind = 'job' AND j.workspace_id = m.name AND j.job_id = m.label
), counted AS (
  SELECT kind, value, MIN(label) AS label, SUM(usage_rows) AS usage_rows
  FROM found
  WHERE value IS NOT NULL
  GROUP BY kind, value
), ranked AS (
  SELECT kind, value, label, usage_rows, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY usage_rows DESC, value) AS place
  FROM counted
)
SELECT kind, value, label, usage_rows
FROM ranked
WHERE place <= :limit
ORDER BY kind, usage_rows DESC, value
