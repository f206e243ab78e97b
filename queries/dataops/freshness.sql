-- question: Which tables are late by their own habit, and who has read the old one since?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [table_name]
-- columns:
--   table_name: text  Table
--   hours: hours  Late for  (beyond what its own writes let expect; NULL where it is in time or has no habit)
--   readers: count  Readers since  (who read it after it was due)
--   last_written: time  Last written
--   due: time  Was due  (at the latest, by its habit)
--   habit: hours  Usual time  (until the next write, at that hour of the week)
--   gaps: count  Learned from  (times between two writes)
--   writer: text  Written by
--   owner: text  Owner
--   writer_kind: text
--   workspace_id: text
--   writer_id: text
--   sources: text  (tables that its writes read, folded, with commas between)
--   waiting: text  (at most 200 of the readers since, as kind/workspace/id/name, with commas between)
--   late: count  (tables that are late, of all)
--   judged: count  (tables that have a habit)
--   unjudged: count  (tables with too few writes for one)
--   known_until: time  (the newest event that lineage has)
-- things: {table_name: [table, table_name], writer: [=writer_kind, workspace_id, writer_id], owner: [principal, owner]}
-- ttl: 30m
-- uses: [lineage_marks, runner_names]
-- evidence: [system.access.table_lineage]
-- note: >
--   Writes are those of lineage, by clock hour; when a definition was altered (last_altered) says nothing of data. A table is late
--   when, as far as lineage has come (known_until), more hours went by since its last write than its habit: of the times to the
--   next write that began within an hour of the same hour of the week (at least four, else of the same hour of a day within two
--   days, else of that hour, else all) the longest, where there are eight the longest but one (an outage is no habit), at
--   least the median and six median deviations; and 15 % and the hour itself. readers are jobs, pipelines, dashboards and
--   people whose newest read, through views too, is after that, without those who write it. Tables that are gone and views are
--   left out. The :limit that hurt most first: hours times readers, then the longest late.
WITH weighed AS (
  SELECT m.table_name, m.slot, m.consumer_kind, m.workspace_id, m.consumer_id, m.last_at, m.sources,
         COALESCE(n.runner_name, m.consumer_id) AS consumer,
         MAX(m.slot) OVER (PARTITION BY m.table_name) AS last_slot,
         MAX(CASE WHEN m.slot IS NOT NULL THEN m.last_at END) OVER (PARTITION BY m.table_name) AS last_written,
         MAX(CASE WHEN m.slot IS NOT NULL THEN 1 ELSE 0 END) OVER (
           PARTITION BY m.table_name, m.consumer_kind, m.workspace_id, m.consumer_id) AS is_writer,
         MAX(m.last_at) OVER () AS known_until,
         CASE WHEN m.slot IS NOT NULL THEN
           (unix_seconds(LEAD(m.slot) OVER (PARTITION BY m.table_name, m.slot IS NULL ORDER BY m.slot)) - unix_seconds(m.slot))
             / 3600 END AS gap
  FROM lineage_marks m
  LEFT JOIN runner_names n
    ON n.workspace_id = m.workspace_id AND n.runner_kind = m.consumer_kind AND n.runner_id = m.consumer_id
), apart AS (
  SELECT *, CASE WHEN gap > 0 THEN abs(pmod((unix_seconds(last_slot) - unix_seconds(slot)) / 3600 + 84, 168) - 84) END AS of_week,
         CASE WHEN gap > 0 THEN abs(pmod((unix_seconds(last_slot) - unix_seconds(slot)) / 3600 + 12, 24) - 12) END AS of_day
  FROM weighed
), levelled AS (
  SELECT *, CASE WHEN of_week <= 1 THEN 1 WHEN of_day <= 1 AND of_week <= 49 THEN 2 WHEN of_day <= 1 THEN 3
                 WHEN of_day IS NOT NULL THEN 4 END AS level
  FROM apart
), counted AS (
  SELECT *, COUNT(CASE WHEN level = 1 THEN 1 END) OVER (PARTITION BY table_name) AS closest,
         COUNT(CASE WHEN level <= 2 THEN 1 END) OVER (PARTITION BY table_name) AS closer,
         COUNT(CASE WHEN level <= 3 THEN 1 END) OVER (PARTITION BY table_name) AS close_by,
         COUNT(level) OVER (PARTITION BY table_name) AS every
  FROM levelled
), chosen AS (
  SELECT *, CASE WHEN every < 4 THEN CAST(NULL AS DOUBLE)
                 WHEN level <= CASE WHEN closest >= 4 THEN 1 WHEN closer >= 4 THEN 2 WHEN close_by >= 4 THEN 3 ELSE 4 END
                   THEN CAST(gap AS DOUBLE) END AS similar
  FROM counted
), measured AS (
  SELECT *, percentile_cont(0.5) WITHIN GROUP (ORDER BY similar) OVER (PARTITION BY table_name) AS middle,
         COUNT(similar) OVER (PARTITION BY table_name) AS gaps,
         ROW_NUMBER() OVER (PARTITION BY table_name ORDER BY similar DESC NULLS LAST) AS place
  FROM chosen
), spread AS (
  SELECT *, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(similar - middle)) OVER (PARTITION BY table_name) AS deviation,
         MAX(CASE WHEN place = CASE WHEN gaps >= 8 THEN 2 ELSE 1 END THEN similar END) OVER (PARTITION BY table_name) AS longest
  FROM measured
), expected AS (
  SELECT *, unix_seconds(last_written) + CAST(round(3600D * (1 + 1.15D * GREATEST(longest, middle + 6 * deviation))) AS BIGINT)
              AS due_at
  FROM spread
), tables AS (
  SELECT e.table_name, MAX(e.last_written) AS last_written, MAX(e.due_at) AS due_at, MAX(e.middle) AS habit,
         MAX(e.gaps) AS gaps, MAX(e.known_until) AS known_until,
         max(CASE WHEN e.slot IS NOT NULL THEN struct(e.consumer_kind <> 'person' AS runs, e.last_at, e.consumer_kind,
           COALESCE(e.workspace_id, '') AS workspace_id, e.consumer_id, e.consumer) END) AS newest,
         NULLIF(array_join(array_sort(array_distinct(flatten(collect_list(e.sources)))), ','), '') AS sources,
         COUNT(DISTINCT CASE WHEN e.slot IS NULL AND e.is_writer = 0 AND unix_seconds(e.last_at) > e.due_at THEN
           concat_ws('/', e.consumer_kind, CASE WHEN e.consumer_kind = 'person' THEN '' ELSE COALESCE(e.workspace_id, '') END,
                     e.consumer_id) END) AS readers,
         NULLIF(array_join(slice(array_sort(collect_set(CASE WHEN e.slot IS NULL AND e.is_writer = 0 AND unix_seconds(e.last_at) > e.due_at
           THEN concat_ws('/', e.consumer_kind, COALESCE(e.workspace_id, ''), e.consumer_id, replace(e.consumer, ',', ' ')) END)),
           1, 200), ','), '') AS waiting
  FROM expected e
  GROUP BY e.table_name
), present AS (
  SELECT t.*, folded(i.table_owner) AS owner, COALESCE(i.table_type, '') AS table_type, i.table_name IS NOT NULL AS is_there,
         MAX(CASE WHEN i.table_name IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY split_part(t.table_name, '.', 1)) AS is_seen,
         CASE WHEN unix_seconds(t.known_until) > t.due_at
              THEN CAST(unix_seconds(t.known_until) - t.due_at AS DOUBLE) / 3600D END AS hours
  FROM tables t
  LEFT JOIN system.information_schema.tables i
    ON folded(i.table_catalog || '.' || i.table_schema || '.' || i.table_name) = t.table_name
)
SELECT table_name, hours, readers, last_written, timestamp_seconds(due_at) AS due, habit, gaps, newest.consumer AS writer, owner,
       newest.consumer_kind AS writer_kind, NULLIF(newest.workspace_id, '') AS workspace_id, newest.consumer_id AS writer_id,
       sources, waiting, COUNT(hours) OVER () AS late, COUNT(due_at) OVER () AS judged,
       COUNT(CASE WHEN due_at IS NULL THEN 1 END) OVER () AS unjudged, known_until
FROM present
WHERE last_written IS NOT NULL AND (is_there OR is_seen = 0) AND table_type NOT IN ('VIEW', 'METRIC_VIEW')
ORDER BY COALESCE(hours, 0) * readers DESC, hours DESC NULLS LAST, table_name
LIMIT :limit
