-- uses: [usage_tagged]
-- note: >
--   usage_tagged with the group key that :key names: product, workspace (its id), sku, owner or tag (the value of
--   :tag). It is NULL where the record has none: what that means is said beside it, never in its place.
SELECT usage_date, usage_end_time, sku_name, cloud, usage_unit, quantity,
       CASE :key WHEN 'product' THEN product
                 WHEN 'workspace' THEN workspace_id
                 WHEN 'sku' THEN sku_name
                 WHEN 'owner' THEN owner
                 WHEN 'tag' THEN tag_value END AS group_key
FROM usage_tagged
