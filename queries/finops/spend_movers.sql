-- question: Which contributors made this period cost more or less than the one before, by quantity or by price?
-- params: {previous: date, previous_end: date, start: date, end: date, currency: text, basis: text, workspaces: text,
--   cost_centers: text, key: text, tag: text, limit: integer}
-- grain: [group_key, label]
-- columns:
--   group_key: spelling  (NULL where the row stands for no key)
--   label: spelling  Contributor
--   movement: text  Movement
--   cost: money  Now
--   previous_cost: money  Before
--   change: money  Change
--   quantity_effect: money  by quantity
--   price_effect: money  by price
-- ttl: 1h
-- uses: [prices, usage_keyed, workspaces]
-- note: >
--   :key is product, workspace, sku, owner or tag. Per SKU: price_effect = cost - quantity x the average price of the
--   previous period (rounded to 10 decimals, as prices are), quantity_effect = the rest of the change; without priced
--   usage in both periods all of it is quantity. The :limit largest changes, the rest summed as 'Other' without a group_key, as
--   is what has none ('untagged', 'no identity', 'account level'). Only priced usage is compared; movement is new, gone, changed or same.
WITH hours AS (
  SELECT group_key, usage_date >= :start AS is_current, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity
  FROM usage_keyed
  WHERE in_periods(usage_date)
  GROUP BY ALL
), periods AS (
  SELECT h.group_key, h.sku_name, h.cloud, h.usage_unit,
         SUM(CASE WHEN h.is_current THEN h.quantity * p.price ELSE 0 END) AS cost,
         SUM(CASE WHEN h.is_current THEN 0 ELSE h.quantity * p.price END) AS previous_cost,
         exact_sum(CASE WHEN h.is_current THEN h.quantity ELSE 0 END) AS quantity,
         SUM(CASE WHEN h.is_current THEN 0 ELSE h.quantity END) AS previous_quantity
  FROM hours h
  JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.group_key, h.sku_name, h.cloud, h.usage_unit
), effects AS (
  SELECT group_key, cost, previous_cost, CASE WHEN quantity = 0 THEN 0 ELSE COALESCE(cost - quantity * CAST(
           try_divide(CAST(previous_cost AS DOUBLE), CAST(previous_quantity AS DOUBLE)) AS DECIMAL(15, 10)), 0) END
           AS price_effect
  FROM periods
), ranked AS (
  SELECT group_key, SUM(cost) AS cost, SUM(previous_cost) AS previous_cost, SUM(price_effect) AS price_effect,
         ROW_NUMBER() OVER (ORDER BY ABS(SUM(cost) - SUM(previous_cost)) DESC, group_key) AS place
  FROM effects
  GROUP BY group_key
), kept AS (
  SELECT CASE WHEN place <= :limit THEN group_key END AS group_key, place > :limit AS is_rest, SUM(cost) AS cost,
         SUM(previous_cost) AS previous_cost, SUM(price_effect) AS price_effect
  FROM ranked
  GROUP BY ALL
)
SELECT k.group_key,
       CASE WHEN k.is_rest THEN 'Other'
            WHEN k.group_key IS NULL THEN CASE :key WHEN 'tag' THEN 'untagged' WHEN 'owner' THEN 'no identity'
                                                    WHEN 'workspace' THEN 'account level' ELSE 'not named' END
            WHEN :key = 'workspace' THEN known_name(w.workspace_name)
            ELSE k.group_key END AS label,
       CASE WHEN k.cost = k.previous_cost THEN 'same' WHEN k.previous_cost = 0 THEN 'new' WHEN k.cost = 0 THEN 'gone'
            ELSE 'changed' END AS movement,
       k.cost, k.previous_cost, k.cost - k.previous_cost AS change,
       k.cost - k.previous_cost - k.price_effect AS quantity_effect, k.price_effect
FROM kept k
LEFT JOIN workspaces w ON :key = 'workspace' AND w.workspace_id = k.group_key
ORDER BY ABS(k.cost - k.previous_cost) DESC, k.group_key NULLS LAST, label
