-- question: Which vector indexes are behind their source table, for how long, and how many questions came since?
-- params: {start: date, end: date, now: time, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, endpoint_name, index_name]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   index_id: text
--   index_name: text  Index
--   source: text  Its table
--   freshness: code  Freshness
--   behind: seconds  Behind
--   usual: seconds  Usually at most
--   syncs: count  Synchronised
--   last_sync: time  Last synchronised
--   missing_since: time  Written since
--   questions: count  Questions since
--   owner: text  Whose
--   endpoint_id: text
--   endpoint_name: text  Endpoint
--   endpoint_indexes: count
--   endpoint_cost: money  Its endpoint costs
-- things: {workspace: workspace, index_name: index, source: [table, source], owner: [principal, owner], endpoint_name: endpoint}
-- ttl: 1h
-- uses: [prices, workspaces]
-- optional: [system.access.audit, system.access.table_lineage]
-- note: >
--   Indexes as the audit log knows them: made and deleted in the year before :end, synchronised and asked in 90 days; endpoints of
--   vector search by the bill. No system table says whether an index has what its table has; "ready" does not. behind is how long before :now the
--   first write of the table was that no later synchronisation took up (lineage, by the table's name); its making counts as one. usual is
--   the same before 9 of 10 synchronisations of these 90 days, syncs how many had something to take up. NO_SOURCE: its making is
--   older than the log, or it has no table; NO_SYNC: no synchronisation is recorded; CONTINUOUS: it follows by itself, which leaves nothing
--   here. FRESH: nothing was written since. questions are those recorded since missing_since; the log of them may be off, then
--   there are none in it at all and it is NULL. An endpoint's cost is of all its indexes: no bill names one.
WITH known AS (
  SELECT workspace_id, index_name,
         MAX(CASE WHEN action_name = 'createVectorIndex'
                  THEN struct(event_time AS at, endpoint_name, folded(spec.source_table) AS source, spec.pipeline_type AS type, who AS owner) END) AS made,
         MAX(CASE WHEN action_name = 'deleteVectorIndex' THEN event_time END) AS deleted,
         collect_list(CASE WHEN action_name IN ('syncVectorIndex', 'createVectorIndex') THEN event_time END) AS syncs,
         collect_list(CASE WHEN action_name = 'queryVectorIndex' THEN event_time END) AS asks
  FROM (
    SELECT event_time, workspace_id, action_name, COALESCE(request_params['name'], request_params['index_name']) AS index_name,
           request_params['endpoint_name'] AS endpoint_name,
           from_json(request_params['delta_sync_index_spec'], 'STRUCT<source_table: STRING, pipeline_type: STRING>') AS spec,
           folded(user_identity.email) AS who
    FROM system.access.audit
    WHERE event_date >= date_sub(:end, 365) AND event_date < :end AND service_name = 'vectorSearch' AND response.status_code < 400
      AND (action_name IN ('createVectorIndex', 'deleteVectorIndex')
        OR action_name IN ('syncVectorIndex', 'queryVectorIndex') AND event_date >= date_sub(:end, 90)) AND in_workspaces(workspace_id)
  ) told
  WHERE index_name IS NOT NULL
  GROUP BY workspace_id, index_name
), writes AS (
  SELECT k.workspace_id, k.index_name, k.made, k.syncs, k.asks, w.event_time AS at, array_min(filter(k.syncs, s -> s >= w.event_time)) AS next_sync
  FROM known k
  LEFT JOIN (
    SELECT folded(target_table_full_name) AS source, event_time
    FROM system.access.table_lineage
    WHERE event_date >= date_sub(:end, 90) AND event_date < :end AND target_table_full_name IS NOT NULL
  ) w ON w.source = k.made.source AND w.event_time >= k.made.at
  WHERE k.deleted IS NULL OR k.made.at > k.deleted
), waits AS (
  SELECT workspace_id, index_name, made, syncs, asks, next_sync, MIN(at) AS first_write
  FROM writes
  GROUP BY workspace_id, index_name, made, syncs, asks, next_sync
), habits AS (
  SELECT workspace_id, index_name, made, syncs AS synced, asks, COUNT(CASE WHEN next_sync IS NOT NULL THEN 1 END) AS syncs,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY CASE WHEN next_sync IS NOT NULL
           THEN CAST(unix_micros(next_sync) - unix_micros(first_write) AS DOUBLE) / 1000000D END) AS usual,
         MAX(CASE WHEN next_sync IS NULL THEN first_write END) AS missing_since
  FROM waits
  GROUP BY workspace_id, index_name, made, syncs, asks
), bills AS (
  SELECT b.workspace_id, b.endpoint_name, MAX(b.endpoint_id) AS endpoint_id, MAX(b.owner) AS owner, SUM(b.quantity * p.price) AS cost
  FROM (
    SELECT workspace_id, COALESCE(usage_metadata.endpoint_name, usage_metadata.endpoint_id) AS endpoint_name, MAX(usage_metadata.endpoint_id) AS endpoint_id,
           MAX(NULLIF(folded(identity_metadata.created_by), '')) AS owner, sku_name, cloud, usage_unit, usage_end_time, exact_sum(exact(usage_quantity)) AS quantity
    FROM system.billing.usage
    WHERE usage_date >= :start AND usage_date < :end AND billing_origin_product = 'VECTOR_SEARCH' AND in_workspaces(workspace_id)
      AND COALESCE(usage_metadata.endpoint_name, usage_metadata.endpoint_id) IS NOT NULL
    GROUP BY workspace_id, COALESCE(usage_metadata.endpoint_name, usage_metadata.endpoint_id), sku_name, cloud, usage_unit, usage_end_time
  ) b
  LEFT JOIN prices p ON in_force(p, b.usage_end_time)
  GROUP BY b.workspace_id, b.endpoint_name
), joined AS (
  SELECT COALESCE(h.workspace_id, b.workspace_id) AS workspace_id, h.index_name, h.made, h.synced, h.asks, h.syncs, h.usual,
         h.missing_since, b.owner AS endpoint_owner, b.endpoint_id, COALESCE(b.endpoint_name, h.made.endpoint_name) AS endpoint_name, b.cost
  FROM habits h
  FULL OUTER JOIN bills b ON b.workspace_id = h.workspace_id AND b.endpoint_name = h.made.endpoint_name
)
SELECT j.workspace_id, known_name(s.workspace_name) AS workspace, j.index_name AS index_id, j.index_name, j.made.source AS source,
       CASE WHEN j.index_name IS NULL THEN NULL WHEN j.made.type = 'CONTINUOUS' THEN 'CONTINUOUS' WHEN j.made.source IS NULL THEN 'NO_SOURCE'
            WHEN size(j.synced) = 0 THEN 'NO_SYNC' WHEN j.missing_since IS NULL THEN 'FRESH' ELSE 'BEHIND' END AS freshness,
       CASE WHEN COALESCE(j.made.type, '') <> 'CONTINUOUS'
            THEN CAST(unix_micros(CAST(:now AS TIMESTAMP)) - unix_micros(j.missing_since) AS DOUBLE) / 1000000D END AS behind,
       CASE WHEN j.syncs > 0 THEN j.usual END AS usual, j.syncs, array_max(j.synced) AS last_sync, j.missing_since,
       CASE WHEN size(j.asks) > 0 AND j.missing_since IS NOT NULL THEN size(filter(j.asks, a -> a >= j.missing_since)) END AS questions,
       COALESCE(j.made.owner, j.endpoint_owner) AS owner,
       j.endpoint_id, j.endpoint_name,
       CASE WHEN j.endpoint_name IS NOT NULL
            THEN SUM(CASE WHEN j.index_name IS NULL THEN 0 ELSE 1 END) OVER (PARTITION BY j.workspace_id, j.endpoint_name) END AS endpoint_indexes, j.cost AS endpoint_cost
FROM joined j
LEFT JOIN workspaces s ON s.workspace_id = j.workspace_id
ORDER BY behind DESC NULLS LAST, j.workspace_id, j.index_name NULLS LAST, j.endpoint_name
