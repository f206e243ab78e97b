-- note: >
--   The newest value of each metric of a run, where it is a number: a metric that is logged again replaces what was logged.
SELECT workspace_id, experiment_id, run_id, metric_name, MAX_BY(metric_value, struct(metric_step, metric_time)) AS value
FROM system.mlflow.run_metrics_history
WHERE metric_time >= :start AND metric_time < :end AND metric_value IS NOT NULL AND NOT isnan(metric_value)
  AND in_workspaces(workspace_id)
GROUP BY workspace_id, experiment_id, run_id, metric_name
