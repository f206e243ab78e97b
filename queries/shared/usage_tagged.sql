-- uses: [usage_chosen]
-- note: >
--   usage_chosen with the value of the tag :tag. Tag keys are free text, so they are compared as lower(trim(key)); of
--   two spellings on one record the first value in the alphabet counts; a blank value is no value.
SELECT usage_date, usage_start_time, usage_end_time, workspace_id, product, sku_name, cloud, usage_unit, quantity,
       resource_kind, resource_id, owner,
       array_min(filter(
         transform(filter(map_entries(custom_tags), e -> lower(trim(e.key)) = lower(trim(:tag))), e -> trim(e.value)),
         v -> v <> '')) AS tag_value
FROM usage_chosen
