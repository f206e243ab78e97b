-- question: Which all-purpose clusters never stop by themselves, and what do their idle minutes cost?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, resource_id]
-- columns:
--   what: text
--   workspace_id: text
--   workspace: text
--   resource_kind: text
--   resource_id: text
--   resource: text
--   owner: text
--   monthly_saving: money
--   confidence: text
--   effort: text
--   evidence: text
-- things: {workspace: workspace, resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 12h
-- uses: [cluster_idle_costs, workspaces]
-- note: >
--   Existing clusters made by hand or by API whose latest version has no auto-termination (0 or NULL). The saving is
--   the cost of the minutes in which no node did anything; the wait before each stop is left out, so it is an upper
--   bound. Scaled from the days with measurements to 30 days. Cloud machine cost comes on top. NULL without a price.
SELECT 'Set auto-termination' AS what, i.workspace_id,
       known_name(s.workspace_name) AS workspace, 'cluster' AS resource_kind,
       i.cluster_id AS resource_id, i.cluster_name AS resource, i.owned_by AS owner,
       CAST(CAST(i.monthly_idle_cost AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) AS monthly_saving,
       'high' AS confidence, 'low' AS effort,
       'never stops; idle in ' || CAST(i.idle_minutes AS STRING) || ' of ' || CAST(i.minutes AS STRING)
         || ' measured minutes'
         || CASE WHEN i.evidence_days < datediff(:end, :start) THEN '; measured on ' || CAST(i.evidence_days AS STRING)
                   || ' of ' || CAST(datediff(:end, :start) AS STRING) || ' days' ELSE '' END
         || CASE WHEN i.monthly_idle_cost IS NULL THEN '; no price in ' || :currency ELSE '' END AS evidence
FROM cluster_idle_costs i
LEFT JOIN workspaces s ON s.workspace_id = i.workspace_id
WHERE i.auto_minutes = 0 AND i.idle_minutes > 0 AND COALESCE(i.monthly_idle_cost, 1D) > 0
ORDER BY monthly_saving DESC NULLS LAST, workspace_id, resource_id
