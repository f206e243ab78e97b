-- question: How much of the spend lacks a tag, by owner and product?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text,
--   tag: text, limit: integer}
-- grain: [owner, product]
-- columns:
--   owner: text
--   product: code
--   cost: money
--   untagged_cost: money
--   untagged_ratio: ratio
--   untagged_rows: count
--   usage_rows: count
-- things: {owner: [principal, owner]}
-- ttl: 1h
-- uses: [prices, usage_tagged]
-- note: >
--   Tag keys are compared without capitals, blanks and signs between words; a blank value counts as no tag. The owner is
--   run_as, else owned_by, else created_by of the usage record, in small letters; NULL where it names none. The :limit
--   rows with the highest untagged cost; the rest is one row, Other, of no product: no owner is written with a capital.
WITH hours AS (
  SELECT owner, product, tag_value IS NULL AS is_untagged, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_tagged
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), totals AS (
  SELECT h.owner, h.product, SUM(h.quantity * p.price) AS cost,
         SUM(CASE WHEN h.is_untagged THEN h.quantity * p.price ELSE 0 END) AS untagged_cost,
         SUM(CASE WHEN h.is_untagged THEN h.usage_rows ELSE 0 END) AS untagged_rows, SUM(h.usage_rows) AS usage_rows
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.owner, h.product
), ranked AS (
  SELECT *, ROW_NUMBER() OVER (ORDER BY COALESCE(untagged_cost, 0) DESC, untagged_rows DESC, owner NULLS LAST, product) > :limit
           AS is_rest
  FROM totals
), kept AS (
  SELECT is_rest, CASE WHEN is_rest THEN 'Other' ELSE owner END AS owner, CASE WHEN NOT is_rest THEN product END AS product,
         SUM(cost) AS cost, SUM(untagged_cost) AS untagged_cost, SUM(untagged_rows) AS untagged_rows,
         SUM(usage_rows) AS usage_rows
  FROM ranked
  GROUP BY ALL
)
SELECT owner, product, cost, untagged_cost,
       try_divide(CAST(untagged_cost AS DOUBLE), CAST(cost AS DOUBLE)) AS untagged_ratio, untagged_rows, usage_rows
FROM kept
ORDER BY is_rest, COALESCE(untagged_cost, 0) DESC, untagged_rows DESC, owner NULLS LAST, product
