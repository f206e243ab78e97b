-- note: >
--   The usage records of the chosen workspaces, all record types (a RETRACTION is negative), with the resource each
--   belongs to: by product first, because several ids may be filled; a cluster id counts only on products that run on
--   classic clusters (on serving rows it is internal). Ids are unique per workspace only, so a record without a
--   workspace has no resource. Each quantity is rounded to ten decimals once, here: every sum over it is then exact,
--   whatever it is grouped by. Bound usage_date in the query that reads this.
SELECT usage_date, usage_start_time, usage_end_time, ingestion_date, record_type, workspace_id,
       COALESCE(billing_origin_product, 'unknown') AS product, sku_name, cloud, usage_unit,
       exact(usage_quantity) AS quantity,
       CASE WHEN workspace_id IS NULL THEN 'none'
            WHEN billing_origin_product = 'JOBS' AND usage_metadata.job_id IS NOT NULL THEN 'job'
            WHEN billing_origin_product = 'DLT' AND usage_metadata.dlt_pipeline_id IS NOT NULL THEN 'pipeline'
            WHEN billing_origin_product = 'SQL' AND usage_metadata.warehouse_id IS NOT NULL THEN 'warehouse'
            WHEN COALESCE(usage_metadata.endpoint_id, usage_metadata.endpoint_name) IS NOT NULL THEN 'endpoint'
            WHEN usage_metadata.app_id IS NOT NULL THEN 'app'
            WHEN usage_metadata.database_instance_id IS NOT NULL THEN 'database'
            WHEN billing_origin_product IN ('ALL_PURPOSE', 'JOBS', 'DLT') AND usage_metadata.cluster_id IS NOT NULL
              THEN 'cluster'
            WHEN usage_metadata.warehouse_id IS NOT NULL THEN 'warehouse'
            WHEN usage_metadata.job_id IS NOT NULL THEN 'job'
            WHEN usage_metadata.dlt_pipeline_id IS NOT NULL THEN 'pipeline'
            WHEN usage_metadata.notebook_id IS NOT NULL THEN 'notebook'
            ELSE 'none' END AS resource_kind,
       CASE resource_kind
            WHEN 'job' THEN usage_metadata.job_id
            WHEN 'pipeline' THEN usage_metadata.dlt_pipeline_id
            WHEN 'warehouse' THEN usage_metadata.warehouse_id
            WHEN 'endpoint' THEN COALESCE(usage_metadata.endpoint_id, usage_metadata.endpoint_name)
            WHEN 'app' THEN usage_metadata.app_id
            WHEN 'database' THEN usage_metadata.database_instance_id
            WHEN 'cluster' THEN usage_metadata.cluster_id
            WHEN 'notebook' THEN usage_metadata.notebook_id END AS resource_id,
       CASE resource_kind
            WHEN 'endpoint' THEN usage_metadata.endpoint_name
            WHEN 'app' THEN usage_metadata.app_name
            WHEN 'job' THEN COALESCE(usage_metadata.job_name, usage_metadata.run_name)
            WHEN 'database' THEN usage_metadata.database_instance_id
            WHEN 'notebook' THEN usage_metadata.notebook_path END AS billed_name,
       COALESCE(NULLIF(folded(identity_metadata.run_as), ''), NULLIF(folded(identity_metadata.owned_by), ''),
                NULLIF(folded(identity_metadata.created_by), '')) AS owner,
       usage_metadata.job_run_id AS job_run_id, custom_tags
FROM system.billing.usage
WHERE in_workspaces(workspace_id)
