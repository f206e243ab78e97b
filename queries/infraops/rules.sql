-- question: Which clusters, SQL warehouses and clusters of jobs stand outside the rules, and of which can nobody tell?
-- params: {start: date, workspaces: text}
-- grain: [rule, environment, result, workspace_id, resource_kind, resource_id]
-- columns:
--   rule: text  Rule
--   environment: text  Environment  (the tag; NULL where it has none)
--   result: text  Result  (failed, not known, or kept, which is counted only)
--   workspace_id: text
--   workspace: text  Workspace
--   resource_kind: text  (cluster, warehouse, job)
--   resource_id: text
--   resource: text  On
--   owner: text  Owner
--   value: text  Is
--   wanted: text  Should be
--   things: count
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [jobs_latest, warehouses_latest, workspaces]
-- note: >
--   The newest version of each existing warehouse and all-purpose cluster, and the newest cluster that was made for each job
--   since the period began (by its name, job-…-run-…; a run that was submitted once is no job): a cluster that is deleted breaks no rule. A value that a table does not hold is
--   not known, never kept: policies of versions written before December 2025, when the column came, and an access mode or
--   init scripts that are missing. What keeps a rule is one row for each rule and environment, with how many things do.
WITH versions AS (
  SELECT workspace_id, cluster_id, cluster_name, folded(owned_by) AS owner, tags, policy_id, data_security_mode, init_scripts,
         auto_termination_minutes, worker_count, max_autoscale_workers, change_time, delete_time,
         newest_known(cluster_source, cluster_id) AS known_source,
         newest_known(cluster_name, cluster_id) AS known_called
  FROM system.compute.clusters
  WHERE (change_time >= :start OR cluster_source IS NULL OR cluster_source IN ('UI', 'API')) AND in_workspaces(workspace_id)
), placed AS (
  SELECT *, CASE WHEN known_source = 'JOB' THEN 'job' ELSE 'cluster' END AS resource_kind,
         CASE WHEN known_source = 'JOB' THEN regexp_extract(known_called, '^job-([0-9]+)-run-', 1) ELSE cluster_id END AS resource_id
  FROM versions
  WHERE known_source IN ('UI', 'API', 'JOB')
), newest AS (
  SELECT *, ROW_NUMBER() OVER (
           PARTITION BY workspace_id, resource_kind, resource_id
           ORDER BY CASE WHEN resource_kind = 'job' AND delete_time IS NOT NULL THEN 1 ELSE 0 END, change_time DESC,
                    delete_time DESC NULLS LAST, cluster_id) AS place
  FROM placed
  WHERE resource_id <> ''
), compute AS (
  SELECT n.workspace_id, n.resource_kind, n.resource_id, COALESCE(j.name, n.known_called) AS resource,
         COALESCE(j.run_as_user_name, n.owner) AS owner, n.tags,
         array(
           named_struct('rule', 'policy', 'wanted', 'a policy', 'value', COALESCE(policy_id, 'none'),
                        'result', CASE WHEN policy_id IS NOT NULL THEN 'kept'
                                       WHEN n.change_time < TIMESTAMP '2025-12-01 00:00:00' THEN 'not known' ELSE 'failed' END),
           named_struct('rule', 'access mode', 'wanted', 'a mode with isolation', 'value', COALESCE(data_security_mode, 'unknown'),
                        'result', CASE WHEN data_security_mode IS NULL THEN 'not known'
                                       WHEN data_security_mode = 'NONE' OR startswith(data_security_mode, 'LEGACY')
                                         THEN 'failed' ELSE 'kept' END),
           named_struct('rule', 'init scripts', 'wanted', 'none on DBFS',
                        'value', COALESCE(array_join(init_scripts, ', '), 'unknown'),
                        'result', CASE WHEN init_scripts IS NULL THEN 'not known'
                                       WHEN size(filter(init_scripts, s -> startswith(s, 'dbfs:'))) > 0 THEN 'failed'
                                       ELSE 'kept' END),
           named_struct('rule', 'stops by itself', 'wanted', 'within 120 minutes',
                        'value', concat(CAST(COALESCE(auto_termination_minutes, 0) AS STRING), ' min'),
                        'result', CASE WHEN resource_kind = 'job' THEN 'none'
                                       WHEN COALESCE(auto_termination_minutes, 0) NOT BETWEEN 1 AND 120 THEN 'failed'
                                       ELSE 'kept' END),
           named_struct('rule', 'scales', 'wanted', 'a range, from 4 workers on',
                        'value', concat(CAST(COALESCE(worker_count, max_autoscale_workers) AS STRING), ' workers'),
                        'result', CASE WHEN resource_kind = 'job' THEN 'none'
                                       WHEN max_autoscale_workers IS NOT NULL OR worker_count < 4 THEN 'kept'
                                       WHEN worker_count IS NULL THEN 'not known' ELSE 'failed' END)) AS checks
  FROM newest n
  LEFT JOIN jobs_latest j ON n.resource_kind = 'job' AND j.workspace_id = n.workspace_id AND j.job_id = n.resource_id
  WHERE n.place = 1 AND CASE WHEN n.resource_kind = 'job' THEN j.job_id IS NOT NULL AND j.delete_time IS NULL
                             ELSE n.delete_time IS NULL END
  UNION ALL
  SELECT workspace_id, 'warehouse' AS resource_kind, warehouse_id AS resource_id, warehouse_name AS resource,
         created_by AS owner, tags,
         array(named_struct('rule', 'stops by itself', 'wanted', 'within 60 minutes',
                            'value', concat(CAST(COALESCE(auto_stop_minutes, 0) AS STRING), ' min'),
                            'result', CASE WHEN COALESCE(auto_stop_minutes, 0) NOT BETWEEN 1 AND 60 THEN 'failed'
                                           ELSE 'kept' END)) AS checks
  FROM warehouses_latest
  WHERE delete_time IS NULL AND in_workspaces(workspace_id)
), tagged AS (
  SELECT workspace_id, resource_kind, resource_id, resource, owner, checks,
         array_min(filter(transform(filter(map_entries(tags), e -> array_contains(environment_keys(), keyed(e.key))),
                                    e -> folded(e.value)), v -> v <> '')) AS environment,
         array_min(filter(transform(filter(map_entries(tags), e -> array_contains(cost_center_keys(), keyed(e.key))),
                                    e -> tidied(e.value)), v -> v <> '')) AS cost_center
  FROM compute
), judged AS (
  SELECT workspace_id, resource_kind, resource_id, resource, owner, environment, c.rule, c.value, c.wanted, c.result
  FROM tagged
  LATERAL VIEW explode(checks) e AS c
  WHERE c.result <> 'none'
  UNION ALL
  SELECT workspace_id, resource_kind, resource_id, resource, owner, environment, 'cost centre' AS rule,
         COALESCE(cost_center, 'no tag') AS value, 'a tag' AS wanted,
         CASE WHEN cost_center IS NULL THEN 'failed' ELSE 'kept' END AS result
  FROM tagged
), counted AS (
  SELECT rule, environment, result, CASE WHEN result <> 'kept' THEN workspace_id END AS workspace_id,
         CASE WHEN result <> 'kept' THEN resource_kind END AS resource_kind,
         CASE WHEN result <> 'kept' THEN resource_id END AS resource_id, MAX(CASE WHEN result <> 'kept' THEN resource END) AS resource,
         MAX(CASE WHEN result <> 'kept' THEN owner END) AS owner, MAX(CASE WHEN result <> 'kept' THEN value END) AS value,
         MAX(CASE WHEN result <> 'kept' THEN wanted END) AS wanted, COUNT(*) AS things
  FROM judged
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT c.rule, c.environment, c.result, c.workspace_id,
       CASE WHEN c.result <> 'kept' THEN known_name(s.workspace_name) END AS workspace, c.resource_kind, c.resource_id,
       CASE WHEN c.result <> 'kept' THEN known_name(c.resource) END AS resource, c.owner, c.value, c.wanted,
       c.things
FROM counted c
LEFT JOIN workspaces s ON s.workspace_id = c.workspace_id
ORDER BY c.rule, c.environment NULLS LAST, c.result, c.workspace_id, c.resource_kind, c.resource_id
