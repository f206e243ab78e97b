-- question: >
--   How far behind is each source table?
-- params: {now: time}
-- grain: [table_name]
-- columns:
--   table_name: text
--   newest: time
-- ttl: 5m
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
--   The newest event of each fact table in the last seven days; NULL when it has none. Billing arrives hours late,
--   the others within about an hour.
SELECT table_name, newest
FROM (
SELECT 'system.access.audit' AS table_name, MAX(event_time) AS newest
FROM system.access.audit
WHERE event_date >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.access.column_lineage' AS table_name, MAX(event_time) AS newest
FROM system.access.column_lineage
WHERE event_date >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.access.outbound_network' AS table_name, MAX(event_time) AS newest
FROM system.access.outbound_network
WHERE event_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.access.table_lineage' AS table_name, MAX(event_time) AS newest
FROM system.access.table_lineage
WHERE event_date >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.ai_gateway.external_model_spend' AS table_name, MAX(usage_end_time) AS newest
FROM system.ai_gateway.external_model_spend
WHERE usage_date >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.ai_gateway.usage' AS table_name, MAX(event_time) AS newest
FROM system.ai_gateway.usage
WHERE event_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.billing.usage' AS table_name, MAX(usage_end_time) AS newest
FROM system.billing.usage
WHERE usage_date >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.compute.node_timeline' AS table_name, MAX(end_time) AS newest
FROM system.compute.node_timeline
WHERE start_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.compute.warehouse_events' AS table_name, MAX(event_time) AS newest
FROM system.compute.warehouse_events
WHERE event_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.data_quality_monitoring.table_results' AS table_name, MAX(event_time) AS newest
FROM system.data_quality_monitoring.table_results
WHERE event_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.lakeflow.job_run_timeline' AS table_name, MAX(period_end_time) AS newest
FROM system.lakeflow.job_run_timeline
WHERE period_start_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.lakeflow.job_task_run_timeline' AS table_name, MAX(period_end_time) AS newest
FROM system.lakeflow.job_task_run_timeline
WHERE period_start_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.lakeflow.pipeline_update_timeline' AS table_name, MAX(period_end_time) AS newest
FROM system.lakeflow.pipeline_update_timeline
WHERE period_start_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.mlflow.run_metrics_history' AS table_name, MAX(metric_time) AS newest
FROM system.mlflow.run_metrics_history
WHERE metric_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.mlflow.runs_latest' AS table_name, MAX(start_time) AS newest
FROM system.mlflow.runs_latest
WHERE start_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.mlflow.trace_unified' AS table_name, MAX(request_time) AS newest
FROM system.mlflow.trace_unified
WHERE request_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.query.history' AS table_name, MAX(end_time) AS newest
FROM system.query.history
WHERE start_time >= date_sub(to_date(:now), 7)
UNION ALL
SELECT 'system.serving.endpoint_usage' AS table_name, MAX(request_time) AS newest
FROM system.serving.endpoint_usage
WHERE request_time >= date_sub(to_date(:now), 7)
) tables
ORDER BY table_name
