-- uses: [usage_rows]
-- note: >
--   usage_rows of the cost centres that :cost_centers names, with commas between them (a comma within one is %2C); all
--   usage where it is empty. A record's cost centre is the value of its cost centre tag, read as usage_tagged reads
--   tags; which keys mean that is a setting. A record without one belongs to no cost centre.
--   Where owners, products, cost centres, teams, environments, jobs or tags are chosen, it is usage of these alone; their
--   names are compared without capitals.
SELECT *
FROM usage_rows
WHERE (:cost_centers = '' OR array_contains(listed(:cost_centers), array_min(filter(
  transform(filter(map_entries(custom_tags), e -> array_contains(cost_center_keys(), keyed(e.key))), e -> tidied(e.value)),
  v -> v <> ''))))
  AND only_usage()
