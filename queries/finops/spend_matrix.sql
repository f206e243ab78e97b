-- question: What did each product, workspace, SKU, owner or tag value cost, per day, week or month?
-- params: {start: date, end: date, currency: text, basis: text, workspaces: text, cost_centers: text,
--   key: text, tag: text, grain: text, limit: integer}
-- grain: [period, group_key, label]
-- columns:
--   period: date
--   group_key: spelling  (NULL where the row stands for no key)
--   label: spelling
--   cost: money
--   unpriced_rows: count
-- ttl: 1h
-- uses: [prices, usage_keyed, workspaces]
-- note: >
--   :key is product, workspace, sku, owner or tag (then :tag names the tag); :grain is day, week (from Monday) or
--   month. A period at the edge of the window holds only the days inside it. The :limit keys that cost most in the
--   whole window keep their name, the rest is summed as 'Other', so that every period still adds up to the bill. A row
--   that stands for no key (the rest, 'untagged', 'no identity', 'account level') has no group_key: a tag value that
--   reads 'Other' is a row of its own.
WITH hours AS (
  SELECT CASE :grain WHEN 'day' THEN usage_date
                     WHEN 'week' THEN to_date(date_trunc('WEEK', usage_date))
                     WHEN 'month' THEN to_date(date_trunc('MONTH', usage_date)) END AS period,
         group_key, sku_name, cloud, usage_unit, usage_end_time,
         exact_sum(quantity) AS quantity, COUNT(*) AS usage_rows
  FROM usage_keyed
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), costs AS (
  SELECT h.period, h.group_key, SUM(h.quantity * p.price) AS cost,
         SUM(CASE WHEN p.price IS NULL THEN h.usage_rows ELSE 0 END) AS unpriced_rows
  FROM hours h
  LEFT JOIN prices p ON in_force(p, h.usage_end_time)
  GROUP BY h.period, h.group_key
), ranked AS (
  SELECT period, group_key, cost, unpriced_rows, DENSE_RANK() OVER (ORDER BY COALESCE(key_cost, 0) DESC, group_key) AS place
  FROM (SELECT *, SUM(cost) OVER (PARTITION BY group_key) AS key_cost FROM costs) totals
), kept AS (
  SELECT period, CASE WHEN place <= :limit THEN group_key END AS group_key, place > :limit AS is_rest, SUM(cost) AS cost,
         SUM(unpriced_rows) AS unpriced_rows
  FROM ranked
  GROUP BY ALL
)
SELECT k.period, k.group_key,
       CASE WHEN k.is_rest THEN 'Other'
            WHEN k.group_key IS NULL THEN CASE :key WHEN 'tag' THEN 'untagged' WHEN 'owner' THEN 'no identity'
                                                    WHEN 'workspace' THEN 'account level' ELSE 'not named' END
            WHEN :key = 'workspace' THEN known_name(w.workspace_name)
            ELSE k.group_key END AS label,
       k.cost, k.unpriced_rows
FROM kept k
LEFT JOIN workspaces w ON :key = 'workspace' AND w.workspace_id = k.group_key
ORDER BY k.period, k.group_key NULLS LAST, label
