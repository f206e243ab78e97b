-- question: What did each thing of the kinds that were acted on cost, day by day?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, kinds: text}
-- grain: [usage_date, resource_kind, workspace_id, resource_id]
-- columns:
--   usage_date: date
--   resource_kind: text
--   workspace_id: text
--   resource_id: text
--   cost: money
-- ttl: 12h
-- uses: [prices, usage_rows]
-- note: >
--   Things of the :kinds (warehouse, cluster, job, ..., with commas between them) by complete days (UTC): of the last two,
--   records may still come. A thing is told of whole, whatever tags and owners its records have: part of it would judge no
--   change. What has no price in :currency is not in it; a day without usage is absent, not 0.
SELECT u.usage_date, u.resource_kind, u.workspace_id, u.resource_id, SUM(u.quantity * p.price) AS cost
FROM (SELECT usage_date, resource_kind, workspace_id, resource_id, sku_name, cloud, usage_unit, usage_end_time,
             exact_sum(quantity) AS quantity
      FROM usage_rows
      WHERE usage_date >= :start AND usage_date < :end AND array_contains(listed(:kinds), resource_kind)
      GROUP BY ALL) u
JOIN prices p ON in_force(p, u.usage_end_time)
GROUP BY u.usage_date, u.resource_kind, u.workspace_id, u.resource_id
ORDER BY u.usage_date, u.resource_kind, u.workspace_id, u.resource_id
