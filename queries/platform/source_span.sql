-- question: >
--   How far back does each source table reach?
-- params: {now: time}
-- grain: [table_name]
-- columns:
--   table_name: text
--   oldest: time
-- ttl: 12h
-- optional: [
--   system.access.audit,
--   system.access.column_lineage,
--   system.access.outbound_network,
--   system.access.table_lineage,
--   system.ai_gateway.external_model_spend,
--   system.ai_gateway.usage,
--   system.billing.usage,
--   system.compute.node_timeline,
--   system.compute.warehouse_events,
--   system.data_quality_monitoring.table_results,
--   system.lakeflow.job_run_timeline,
--   system.lakeflow.job_task_run_timeline,
--   system.lakeflow.pipeline_update_timeline,
--   system.mlflow.run_metrics_history,
--   system.mlflow.runs_latest,
--   system.mlflow.trace_unified,
--   system.query.history,
--   system.serving.endpoint_usage]
-- note: >
--   The oldest row of each fact table in the last 400 days, by the column that bounds its scans; NULL when it has none.
--   Tables keep a year, some less, and begin when their schema was enabled.
SELECT table_name, oldest
FROM (
SELECT 'system.access.audit' AS table_name, CAST(MIN(event_date) AS TIMESTAMP) AS oldest
FROM system.access.audit
WHERE event_date >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.access.column_lineage' AS table_name, CAST(MIN(event_date) AS TIMESTAMP) AS oldest
FROM system.access.column_lineage
WHERE event_date >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.access.outbound_network' AS table_name, MIN(event_time) AS oldest
FROM system.access.outbound_network
WHERE event_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.access.table_lineage' AS table_name, CAST(MIN(event_date) AS TIMESTAMP) AS oldest
FROM system.access.table_lineage
WHERE event_date >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.ai_gateway.external_model_spend' AS table_name, CAST(MIN(usage_date) AS TIMESTAMP) AS oldest
FROM system.ai_gateway.external_model_spend
WHERE usage_date >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.ai_gateway.usage' AS table_name, MIN(event_time) AS oldest
FROM system.ai_gateway.usage
WHERE event_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.billing.usage' AS table_name, CAST(MIN(usage_date) AS TIMESTAMP) AS oldest
FROM system.billing.usage
WHERE usage_date >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.compute.node_timeline' AS table_name, MIN(start_time) AS oldest
FROM system.compute.node_timeline
WHERE start_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.compute.warehouse_events' AS table_name, MIN(event_time) AS oldest
FROM system.compute.warehouse_events
WHERE event_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.data_quality_monitoring.table_results' AS table_name, MIN(event_time) AS oldest
FROM system.data_quality_monitoring.table_results
WHERE event_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.lakeflow.job_run_timeline' AS table_name, MIN(period_start_time) AS oldest
FROM system.lakeflow.job_run_timeline
WHERE period_start_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.lakeflow.job_task_run_timeline' AS table_name, MIN(period_start_time) AS oldest
FROM system.lakeflow.job_task_run_timeline
WHERE period_start_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.lakeflow.pipeline_update_timeline' AS table_name, MIN(period_start_time) AS oldest
FROM system.lakeflow.pipeline_update_timeline
WHERE period_start_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.mlflow.run_metrics_history' AS table_name, MIN(metric_time) AS oldest
FROM system.mlflow.run_metrics_history
WHERE metric_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.mlflow.runs_latest' AS table_name, MIN(start_time) AS oldest
FROM system.mlflow.runs_latest
WHERE start_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.mlflow.trace_unified' AS table_name, MIN(request_time) AS oldest
FROM system.mlflow.trace_unified
WHERE request_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.query.history' AS table_name, MIN(start_time) AS oldest
FROM system.query.history
WHERE start_time >= date_sub(to_date(:now), 400)
UNION ALL
SELECT 'system.serving.endpoint_usage' AS table_name, MIN(request_time) AS oldest
FROM system.serving.endpoint_usage
WHERE request_time >= date_sub(to_date(:now), 400)
) tables
ORDER BY table_name
