-- question: Which tag keys and values are written in more than one way?
-- params: {start: date, end: date, workspaces: text, cost_centers: text, limit: integer}
-- grain: [kind, tag_key, spelling]
-- columns:
--   kind: text
--   tag_key: text
--   normal: text
--   spelling: text
--   variants: count
--   usage_rows: count
--   first_seen: date
--   last_seen: date
--   preferred: flag
-- ttl: 12h
-- uses: [usage_chosen]
-- note: >
--   Spellings are variants of each other when they are equal after dropping case, blanks, '_' and '-' (normal). kind
--   'key': spellings of a key (tag_key is its normal form); kind 'value': spellings of a value of one key. preferred
--   marks the spelling on most usage rows. At most :limit rows. Engines cannot compose letters with their marks: where
--   any tag has a mark apart, other spellings beyond ASCII come along with variants 1, so that whoever reads the rows can
--   compose them and find those that are one (components/text/composed_tags.py).
WITH raw AS (
  SELECT raw_key, custom_tags[raw_key] AS raw_value, COUNT(*) AS usage_rows, MIN(usage_date) AS first_seen,
         MAX(usage_date) AS last_seen
  FROM usage_chosen
  LATERAL VIEW explode(map_keys(custom_tags)) e AS raw_key
  WHERE usage_date >= :start AND usage_date < :end
  GROUP BY ALL
), tags AS (
  SELECT raw_key, raw_value, keyed(raw_key) AS tag_key,
         usage_rows, first_seen, last_seen
  FROM raw
), spellings AS (
  SELECT 'key' AS kind, tag_key, tag_key AS normal, raw_key AS spelling, usage_rows, first_seen, last_seen
  FROM tags
  UNION ALL
  SELECT 'value' AS kind, tag_key, replace(replace(replace(folded(raw_value), ' ', ''), '_', ''), '-', '') AS normal,
         raw_value AS spelling, usage_rows, first_seen, last_seen
  FROM tags
), counted AS (
  SELECT kind, tag_key, normal, spelling, SUM(usage_rows) AS usage_rows, MIN(first_seen) AS first_seen,
         MAX(last_seen) AS last_seen
  FROM spellings
  WHERE normal <> ''
  GROUP BY ALL
), ranked AS (
  SELECT kind, tag_key, normal, spelling, usage_rows, first_seen, last_seen,
         COUNT(*) OVER (PARTITION BY kind, tag_key, normal) AS variants,
         ROW_NUMBER() OVER (PARTITION BY kind, tag_key, normal ORDER BY usage_rows DESC, spelling) AS place,
         MAX(CASE WHEN normal RLIKE '[\\p{M}\\x{1100}-\\x{11FF}\\x{F900}-\\x{FAFF}]' THEN 1 ELSE 0 END) OVER () AS marks
  FROM counted
)
SELECT kind, tag_key, normal, spelling, variants, usage_rows, first_seen, last_seen, place = 1 AS preferred
FROM ranked
WHERE variants > 1 OR (marks = 1 AND tag_key || normal RLIKE '[^ -~]')
ORDER BY kind, tag_key, normal, place, spelling
LIMIT :limit
