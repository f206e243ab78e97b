-- note: >
--   On which days each person did something, and with what: requests of the audit log that were answered 200 by product, and
--   statements. From six days before :start, of the chosen workspaces. Services and sign-ins are no use of a product.
SELECT DISTINCT day, person, product
FROM (
  SELECT event_date AS day, folded(user_identity.email) AS person,
         CASE service_name WHEN 'databrickssql' THEN 'SQL' WHEN 'dashboards' THEN 'DASHBOARDS' WHEN 'aibiGenie' THEN 'GENIE'
              WHEN 'notebook' THEN 'NOTEBOOKS' WHEN 'jobs' THEN 'JOBS' WHEN 'pipelines' THEN 'PIPELINES' WHEN 'clusters' THEN 'COMPUTE'
              WHEN 'unityCatalog' THEN 'CATALOG' WHEN 'mlflowExperiment' THEN 'MLFLOW' WHEN 'modelRegistry' THEN 'MLFLOW'
              WHEN 'serverlessRealTimeInference' THEN 'SERVING' WHEN 'apps' THEN 'APPS' ELSE 'OTHER' END AS product
  FROM system.access.audit
  WHERE event_date >= date_sub(:start, 6) AND event_date < :end AND contains(folded(user_identity.email), '@')
    AND response.status_code = 200 AND service_name <> 'accounts' AND in_workspaces(CAST(workspace_id AS STRING))
  UNION ALL
  SELECT to_date(start_time) AS day, folded(executed_by) AS person, 'SQL' AS product
  FROM system.query.history
  WHERE start_time >= date_sub(:start, 6) AND start_time < :end AND contains(folded(executed_by), '@')
    AND query_source.job_info.job_id IS NULL AND query_source.alert_id IS NULL AND in_workspaces(workspace_id)
) acts
