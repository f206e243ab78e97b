-- question: Which resources had the tag and lost it, and what have they cost since?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text,
--   tag: text, limit: integer}
-- grain: [workspace_id, resource_kind, resource_id]
-- columns:
--   workspace_id: text
--   resource_kind: text
--   resource_id: text
--   resource: text  Resource
--   tag_value: text  Was tagged
--   last_tagged: time  Until
--   days: count  Days since
--   cost: money  Cost since
--   owner: text  Owner
-- things: {resource: [=resource_kind, workspace_id, resource_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [prices, usage_tagged, resource_versions]
-- note: >
--   A resource lost its tag where at least 3 of its days in the window carry the tag and 8 of 10 until the last one that
--   does, and it was used on at least 2 days after that, never with the tag. Tags are read as finops.untagged reads them.
--   Ask it from some weeks before the days that are looked at. cost is NULL where nothing of it has a price.
WITH hours AS (
  SELECT workspace_id, resource_kind, resource_id, usage_date, tag_value, sku_name, cloud, usage_unit, usage_end_time,
         MAX(billed_name) AS billed_name, MAX(owner) AS owner, exact_sum(quantity) AS quantity
  FROM usage_tagged
  WHERE usage_date >= :start AND usage_date < :end AND resource_id IS NOT NULL
  GROUP BY workspace_id, resource_kind, resource_id, usage_date, tag_value, sku_name, cloud, usage_unit, usage_end_time
), marked AS (
  SELECT *, MAX(CASE WHEN tag_value IS NOT NULL THEN usage_end_time END)
              OVER (PARTITION BY workspace_id, resource_kind, resource_id) AS last_tagged
  FROM hours
), lost AS (
  SELECT m.workspace_id, m.resource_kind, m.resource_id, m.last_tagged,
         max(struct(m.usage_end_time, m.owner)).owner AS owner, MAX(m.billed_name) AS billed_name,
         MIN(CASE WHEN m.usage_end_time = m.last_tagged THEN m.tag_value END) AS tag_value,
         COUNT(DISTINCT CASE WHEN m.tag_value IS NOT NULL THEN m.usage_date END) AS tagged_days,
         COUNT(DISTINCT CASE WHEN m.usage_end_time <= m.last_tagged THEN m.usage_date END) AS days_until,
         COUNT(DISTINCT CASE WHEN m.usage_end_time > m.last_tagged THEN m.usage_date END) AS days,
         SUM(CASE WHEN m.usage_end_time > m.last_tagged THEN m.quantity * p.price END) AS cost
  FROM marked m
  LEFT JOIN prices p ON in_force(p, m.usage_end_time)
  WHERE m.last_tagged IS NOT NULL
  GROUP BY m.workspace_id, m.resource_kind, m.resource_id, m.last_tagged
), kept AS (
  SELECT workspace_id, resource_kind, resource_id, last_tagged, owner, billed_name, tag_value, days, cost,
         ROW_NUMBER() OVER (ORDER BY cost DESC NULLS LAST, workspace_id, resource_kind, resource_id) AS place
  FROM lost
  WHERE tagged_days >= 3 AND 10 * tagged_days >= 8 * days_until AND days >= 2
)
SELECT k.workspace_id, k.resource_kind, k.resource_id, known_name(n.resource_name, k.billed_name) AS resource,
       k.tag_value, k.last_tagged, k.days, k.cost, k.owner
FROM kept k
LEFT JOIN resource_versions n
  ON n.workspace_id = k.workspace_id AND n.resource_kind = k.resource_kind AND n.resource_id = k.resource_id
WHERE k.place <= :limit
QUALIFY ROW_NUMBER() OVER (PARTITION BY k.workspace_id, k.resource_kind, k.resource_id
                           ORDER BY n.change_time DESC NULLS LAST, n.delete_time DESC NULLS LAST) = 1
ORDER BY k.place
