-- question: >
--   Which of the source tables that do not grow with time can be read, and how many rows do they have?
-- grain: [table_name]
-- columns:
--   table_name: text
--   row_count: count
-- ttl: 1h
-- optional: [
--   system.access.workspaces_latest,
--   system.alert.alerts,
--   system.billing.account_prices,
--   system.billing.list_prices,
--   system.compute.clusters,
--   system.compute.instance_pools,
--   system.compute.node_types,
--   system.compute.warehouses,
--   system.data_classification.results,
--   system.lakeflow.job_tasks,
--   system.lakeflow.jobs,
--   system.lakeflow.pipelines,
--   system.mlflow.experiments_latest,
--   system.serving.served_entities,
--   system.tags.governed_tags]
-- note: >
--   Each table stands alone: one that the account lacks, or that is refused to the app, is said to be left out, which its 0 does
--   not tell, and hides none of the others. Tables that grow are in platform.source_span and platform.source_lag.
SELECT table_name, row_count
FROM (
SELECT 'system.access.workspaces_latest' AS table_name, COUNT(*) AS row_count
FROM system.access.workspaces_latest
UNION ALL
SELECT 'system.alert.alerts' AS table_name, COUNT(*) AS row_count
FROM system.alert.alerts
UNION ALL
SELECT 'system.billing.account_prices' AS table_name, COUNT(*) AS row_count
FROM system.billing.account_prices
UNION ALL
SELECT 'system.billing.list_prices' AS table_name, COUNT(*) AS row_count
FROM system.billing.list_prices
UNION ALL
SELECT 'system.compute.clusters' AS table_name, COUNT(*) AS row_count
FROM system.compute.clusters
UNION ALL
SELECT 'system.compute.instance_pools' AS table_name, COUNT(*) AS row_count
FROM system.compute.instance_pools
UNION ALL
SELECT 'system.compute.node_types' AS table_name, COUNT(*) AS row_count
FROM system.compute.node_types
UNION ALL
SELECT 'system.compute.warehouses' AS table_name, COUNT(*) AS row_count
FROM system.compute.warehouses
UNION ALL
SELECT 'system.data_classification.results' AS table_name, COUNT(*) AS row_count
FROM system.data_classification.results
UNION ALL
SELECT 'system.lakeflow.job_tasks' AS table_name, COUNT(*) AS row_count
FROM system.lakeflow.job_tasks
UNION ALL
SELECT 'system.lakeflow.jobs' AS table_name, COUNT(*) AS row_count
FROM system.lakeflow.jobs
UNION ALL
SELECT 'system.lakeflow.pipelines' AS table_name, COUNT(*) AS row_count
FROM system.lakeflow.pipelines
UNION ALL
SELECT 'system.mlflow.experiments_latest' AS table_name, COUNT(*) AS row_count
FROM system.mlflow.experiments_latest
UNION ALL
SELECT 'system.serving.served_entities' AS table_name, COUNT(*) AS row_count
FROM system.serving.served_entities
UNION ALL
SELECT 'system.tags.governed_tags' AS table_name, COUNT(*) AS row_count
FROM system.tags.governed_tags
) tables
ORDER BY table_name
