-- question: What does each person use, month by month?
-- params: {start: date, end: date, workspaces: text, person: text}
-- grain: [person, month]
-- columns:
--   person: text
--   month: date
--   days: count
--   hours: count
--   sql: count
--   writes: count
--   dashboards: count
--   genie: count
--   notebooks: count
--   jobs: count
--   catalog: count
--   ml: count
--   apps: count
--   ai: count
--   serverless: count
--   photon: count
--   audit_from: date
--   history_from: date
--   usage_from: date
--   gateway_from: date
--   as_of: date
-- things: {person: [principal, person]}
-- ttl: 12h
-- evidence: [system.query.history]
-- optional: [system.ai_gateway.usage, system.query.history.query_source.pipeline_info, system.query.history.query_source.genie_space_id]
-- note: >
--   By UTC month, the days on which somebody did something (days), in how many clock hours (hours), and the days of each
--   feature: statements of their own and such that write (or come from dbt), dashboards (and those of Power BI, Tableau, Looker and Qlik), Genie, notebooks,
--   jobs and pipelines, Unity Catalog, experiments and models, apps (audit), models called through the gateway, serverless and Photon
--   (the bill, by whom it ran as; what runs by itself is no day of theirs). A sign-in and a refused request are no use. Services have
--   their application id. audit_from and the like: the first day of each source, before which a feature is not known, never unused.
--   With a :person only theirs.
WITH acts AS (
  SELECT 'audit' AS source, event_date AS day, unix_millis(date_trunc('HOUR', event_time)) AS hour,
         folded(user_identity.email) AS person,
         CASE WHEN COALESCE(response.status_code, 0) <> 200 OR service_name = 'accounts' THEN NULL
              WHEN service_name = 'dashboards' THEN 'DASHBOARDS' WHEN service_name = 'aibiGenie' THEN 'GENIE'
              WHEN service_name = 'notebook' THEN 'NOTEBOOKS' WHEN service_name IN ('jobs', 'pipelines', 'deltaPipelines') THEN 'JOBS'
              WHEN service_name = 'unityCatalog' THEN 'CATALOG'
              WHEN service_name IN ('mlflowExperiment', 'modelRegistry', 'featureStore', 'serverlessRealTimeInference') THEN 'ML'
              WHEN service_name = 'apps' THEN 'APPS' ELSE 'OTHER' END AS feature
  FROM system.access.audit
  WHERE event_date >= :start AND event_date < :end AND in_workspaces(CAST(workspace_id AS STRING))
  UNION ALL
  SELECT 'history' AS source, to_date(start_time) AS day, unix_millis(date_trunc('HOUR', start_time)) AS hour,
         folded(executed_by) AS person,
         CASE WHEN COALESCE(query_source.dashboard_id, query_source.legacy_dashboard_id) IS NOT NULL THEN 'DASHBOARDS'
              WHEN contains(folded(client_application), 'power bi') OR contains(folded(client_application), 'tableau')
                OR contains(folded(client_application), 'looker') OR contains(folded(client_application), 'qlik') THEN 'DASHBOARDS'
              WHEN query_source.genie_space_id IS NOT NULL THEN 'GENIE' WHEN query_source.notebook_id IS NOT NULL THEN 'NOTEBOOKS'
              WHEN contains(folded(client_application), 'dbt')
                OR statement_type IN ('INSERT', 'MERGE', 'UPDATE', 'DELETE', 'COPY', 'CREATE', 'REPLACE', 'ALTER') THEN 'WRITES'
              ELSE 'SQL' END AS feature
  FROM system.query.history
  WHERE start_time >= :start AND start_time < :end AND query_source.job_info.job_id IS NULL
    AND query_source.pipeline_info.pipeline_id IS NULL AND query_source.alert_id IS NULL AND in_workspaces(workspace_id)
  UNION ALL
  SELECT 'usage' AS source, usage_date AS day, CAST(NULL AS BIGINT) AS hour, folded(identity_metadata.run_as) AS person,
         CASE WHEN product_features.is_serverless THEN 'SERVERLESS' WHEN product_features.is_photon THEN 'PHOTON' END AS feature
  FROM system.billing.usage
  WHERE usage_date >= :start AND usage_date < :end AND in_workspaces(workspace_id)
  UNION ALL
  SELECT 'gateway' AS source, to_date(event_time) AS day, unix_millis(date_trunc('HOUR', event_time)) AS hour,
         folded(requester) AS person, 'AI' AS feature
  FROM system.ai_gateway.usage
  WHERE event_time >= :start AND event_time < :end AND in_workspaces(workspace_id)
), seen AS (
  SELECT DISTINCT source, day, hour, person, feature
  FROM acts
), months AS (
  SELECT person, to_date(date_trunc('MONTH', day)) AS month,
         COUNT(DISTINCT CASE WHEN feature IS NOT NULL AND source <> 'usage' THEN day END) AS days,
         COUNT(DISTINCT CASE WHEN feature IS NOT NULL AND source <> 'usage' THEN hour END) AS hours,
         COUNT(DISTINCT CASE WHEN feature IN ('SQL', 'WRITES') THEN day END) AS sql,
         COUNT(DISTINCT CASE WHEN feature = 'WRITES' THEN day END) AS writes,
         COUNT(DISTINCT CASE WHEN feature = 'DASHBOARDS' THEN day END) AS dashboards,
         COUNT(DISTINCT CASE WHEN feature = 'GENIE' THEN day END) AS genie,
         COUNT(DISTINCT CASE WHEN feature = 'NOTEBOOKS' THEN day END) AS notebooks,
         COUNT(DISTINCT CASE WHEN feature = 'JOBS' THEN day END) AS jobs,
         COUNT(DISTINCT CASE WHEN feature = 'CATALOG' THEN day END) AS catalog,
         COUNT(DISTINCT CASE WHEN feature = 'ML' THEN day END) AS ml,
         COUNT(DISTINCT CASE WHEN feature = 'APPS' THEN day END) AS apps,
         COUNT(DISTINCT CASE WHEN feature = 'AI' THEN day END) AS ai,
         COUNT(DISTINCT CASE WHEN feature = 'SERVERLESS' THEN day END) AS serverless,
         COUNT(DISTINCT CASE WHEN feature = 'PHOTON' THEN day END) AS photon,
         MIN(CASE WHEN source = 'audit' THEN day END) AS audit_day, MIN(CASE WHEN source = 'history' THEN day END) AS history_day,
         MIN(CASE WHEN source = 'usage' THEN day END) AS usage_day, MIN(CASE WHEN source = 'gateway' THEN day END) AS gateway_day,
         MAX(day) AS last_day
  FROM seen
  GROUP BY person, to_date(date_trunc('MONTH', day))
), known AS (
  SELECT *, MIN(audit_day) OVER () AS audit_from, MIN(history_day) OVER () AS history_from, MIN(usage_day) OVER () AS usage_from,
         MIN(gateway_day) OVER () AS gateway_from, MAX(last_day) OVER () AS as_of
  FROM months
)
SELECT person, month, days, hours, sql, writes, dashboards, genie, notebooks, jobs, catalog, ml, apps, ai, serverless, photon,
       audit_from, history_from, usage_from, gateway_from, as_of
FROM known
WHERE days > 0 AND (contains(person, '@') OR length(person) = 36) AND (:person = '' OR person = folded(:person))
ORDER BY person, month
