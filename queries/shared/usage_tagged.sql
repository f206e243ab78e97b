-- uses: [usage_chosen]
-- note: >
--   usage_chosen with the value of the tag :tag (one key, or several with commas between them). Tag keys are free text:
--   capitals, blanks and the signs between words do not count. Of two spellings on one record the first value in the
--   alphabet counts; a blank value is no value.
SELECT usage_date, usage_start_time, usage_end_time, workspace_id, product, sku_name, cloud, usage_unit, quantity,
       resource_kind, resource_id, billed_name, owner,
       array_min(filter(
         transform(filter(map_entries(custom_tags), e -> array_contains(wanted, keyed(e.key))), e -> tidied(e.value)),
         v -> v <> '')) AS tag_value
FROM usage_chosen
CROSS JOIN (SELECT transform(listed(:tag), t -> keyed(t)) AS wanted) tag_keys
