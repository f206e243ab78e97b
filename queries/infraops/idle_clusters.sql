-- question: Which all-purpose clusters run without work, for how long, and what does that cost a day?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text}
-- grain: [workspace_id, cluster_id]
-- columns:
--   workspace_id: text
--   workspace: text  Workspace
--   cluster_id: text
--   cluster: text  Cluster
--   owner: text  Owner
--   auto_minutes: count  Ends after (min)
--   idle_a_day: money  Idle a day
--   idle_hours: hours  Without work
--   hours: hours  Measured
--   idle_share: ratio  Share without work
--   evidence_days: count  Days known
-- things: {workspace: workspace, cluster: cluster, owner: [principal, owner]}
-- ttl: 1h
-- uses: [cluster_idle_costs, workspaces]
-- look_back: 0d
-- evidence: [system.billing.usage, system.compute.node_timeline]
-- note: >
--   Existing clusters made by hand or by API that were billed. Without work is a minute in which every node used less than 5 %
--   CPU and at most 80 % memory, as in the savings of FinOps; idle_a_day is its cost over the days with measurements,
--   NULL without a price. Without any measurement (nodes that lived under ten minutes) the hours are 0 and the share is
--   NULL: not measured, not busy. Ends after 0 minutes means never.
SELECT i.workspace_id, known_name(s.workspace_name) AS workspace, i.cluster_id, known_name(i.cluster_name) AS cluster,
       i.owned_by AS owner, i.auto_minutes,
       CASE WHEN i.minutes > 0 THEN
         CAST(CAST(try_divide(i.monthly_idle_cost, 30D) AS DECIMAL(28, 6)) AS DECIMAL(18, 2)) END AS idle_a_day,
       CAST(i.idle_minutes AS DOUBLE) / 60D AS idle_hours, CAST(i.minutes AS DOUBLE) / 60D AS hours,
       try_divide(CAST(i.idle_minutes AS DOUBLE), i.minutes) AS idle_share,
       CASE WHEN i.minutes > 0 THEN i.evidence_days END AS evidence_days
FROM cluster_idle_costs i
LEFT JOIN workspaces s ON s.workspace_id = i.workspace_id
ORDER BY idle_a_day DESC NULLS LAST, workspace_id, cluster_id
