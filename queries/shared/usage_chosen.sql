-- uses: [usage_rows]
-- note: >
--   usage_rows of the cost centres that :cost_centers names, with commas between them; all usage where it is empty. A
--   record's cost centre is the value of its tag cost_center, read as usage_tagged reads tags and compared as written; a
--   record without one belongs to no cost centre.
SELECT *
FROM usage_rows
WHERE (:cost_centers = '' OR array_contains(split(:cost_centers, ','), array_min(filter(
  transform(filter(map_entries(custom_tags), e -> lower(trim(e.key)) = 'cost_center'), e -> trim(e.value)),
  v -> v <> ''))))
