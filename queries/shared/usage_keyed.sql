-- uses: [usage_tagged]
-- note: >
--   usage_tagged with the group key that :key names: product, workspace (its id), sku, owner or tag (the value of
--   :tag).
SELECT usage_date, usage_end_time, sku_name, cloud, usage_unit, quantity,
       CASE :key WHEN 'product' THEN product
                 WHEN 'workspace' THEN COALESCE(workspace_id, 'account level')
                 WHEN 'sku' THEN sku_name
                 WHEN 'owner' THEN owner
                 WHEN 'tag' THEN COALESCE(tag_value, 'untagged') END AS group_key
FROM usage_tagged
