-- question: What is this thing, whose is it, and is it still there?
-- params: {start: date, end: date, workspaces: text, cost_centers: text, kind: text, workspace_id: text, id: text}
-- grain: []
-- columns:
--   workspace_id: text
--   workspace: text
--   workspace_url: text
--   name: text
--   former_name: text
--   renamed: time  (when it got its name; NULL where it never had another)
--   owner: text
--   created: time
--   changed: time  (its newest version)
--   deleted: time
--   settings: texts  (of its newest version before it was deleted, each what and value, a colon between)
--   known_to_settings: flag
--   billed_from: date
--   billed_to: date
-- ttl: 30m
-- uses: [thing_versions, usage_of_thing, workspaces]
-- evidence: [system.billing.usage]
-- note: >
--   No row: neither the settings of this region nor the bill from :start to :end know it. known_to_settings is false where
--   only the bill does: a thing of another region, one deleted long ago, or one of a kind without settings (app, database,
--   notebook, person, cost centre). A Genie space is known where the audit log of the period names it. Whoever is limited to cost centres is told of what these paid for.
WITH known AS (
  SELECT name, owner, change_time, create_time, delete_time, settings, true AS is_version, CAST(NULL AS DATE) AS billed_from,
         CAST(NULL AS DATE) AS billed_to
  FROM thing_versions
  UNION ALL
  SELECT CASE WHEN :kind NOT IN ('workspace', 'cost_centre', 'principal') THEN MAX(billed_name) END AS name,
         CASE WHEN COUNT(DISTINCT owner) = 1 THEN MAX(owner) END AS owner, CAST(NULL AS TIMESTAMP) AS change_time,
         CAST(NULL AS TIMESTAMP) AS create_time, CAST(NULL AS TIMESTAMP) AS delete_time,
         CAST(NULL AS ARRAY<STRING>) AS settings, false AS is_version, MIN(usage_date) AS billed_from,
         MAX(usage_date) AS billed_to
  FROM usage_of_thing
  WHERE usage_date >= :start AND usage_date < :end
  HAVING COUNT(*) > 0
), ordered AS (
  SELECT *, ROW_NUMBER() OVER (ORDER BY change_time DESC NULLS LAST, delete_time DESC NULLS LAST) AS place
  FROM known
), called AS (
  SELECT *, MIN(CASE WHEN name IS NOT NULL THEN struct(place, name) END) OVER ().name AS current_name
  FROM ordered
), told AS (
  SELECT *, MAX(CASE WHEN is_version AND name <> current_name THEN change_time END) OVER () AS former_until
  FROM called
), one AS (
  SELECT MAX(current_name) AS name,
         max_by(name, struct(change_time, name)) FILTER (WHERE is_version AND name <> current_name) AS former_name,
         MIN(CASE WHEN is_version AND name = current_name AND change_time > former_until THEN change_time END) AS renamed,
         min_by(owner, place) FILTER (WHERE owner IS NOT NULL) AS owner, MIN(create_time) AS created,
         MAX(change_time) AS changed, MAX(CASE WHEN place = 1 THEN delete_time END) AS deleted,
         min_by(settings, place) FILTER (WHERE is_version AND delete_time IS NULL) AS settings,
         MAX(CASE WHEN is_version THEN 1 ELSE 0 END) = 1 AS known_to_settings, MIN(billed_from) AS billed_from,
         MAX(billed_to) AS billed_to
  FROM told
  HAVING COUNT(*) > 0 AND (:cost_centers = '' OR MAX(billed_to) IS NOT NULL)
)
SELECT NULLIF(CASE WHEN :kind = 'workspace' THEN :id ELSE :workspace_id END, '') AS workspace_id,
       w.workspace_name AS workspace, w.workspace_url, o.name, o.former_name, o.renamed, o.owner, o.created, o.changed,
       o.deleted, o.settings, o.known_to_settings, o.billed_from, o.billed_to
FROM one o
LEFT JOIN workspaces w ON w.workspace_id = CASE WHEN :kind = 'workspace' THEN :id ELSE :workspace_id END
