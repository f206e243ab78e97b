-- question: >
--   What ran on rights to tables, and what did it write from them?
-- params: {start: date, end: date, principals: text, place: text, limit: integer}
-- grain: [consumer_kind, workspace_id, consumer_id, owner]
-- columns:
--   consumer: text  What runs on it
--   consumer_kind: code  Kind
--   owner: text  As
--   uses: count  Uses
--   tables: count  Tables
--   last_use: time  Last used
--   workspace_id: text
--   consumer_id: text
-- things: {consumer: [=consumer_kind, workspace_id, consumer_id], owner: [principal, owner]}
-- ttl: 1h
-- uses: [table_traces, runner_names]
-- optional: [system.access.audit]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   Jobs, pipelines, dashboards and people that used a table of :place (a table, schema or catalog; empty: any) between :start and :end in the name of one
--   of :principals (small letters, with commas between; empty: of anybody), and, as of kind table, what the same statements wrote elsewhere from it. owner
--   is in whose name it ran, whose rights were needed. From lineage and from requests to Unity Catalog, by name or by the path of the storage; refused
--   requests do not count. Use through a view counts for the view's owner as far as lineage names them; by which of several rights somebody came in is in no table.
WITH marked AS (
  SELECT *, MAX(CASE WHEN is_here THEN 1 ELSE 0 END) OVER (PARTITION BY CASE WHEN :place <> '' THEN event_id END) AS is_fed
  FROM (
    SELECT use, workspace_id, consumer_kind, consumer_id, ran_as, table_name, event_id, event_time,
           :place = '' OR table_name = folded(:place) OR startswith(table_name, concat(folded(:place), '.')) AS is_here
    FROM table_traces
    WHERE use <> 'refused' AND (:principals = '' OR array_contains(split(:principals, ','), ran_as))
  ) mine
  WHERE is_here OR use = 'write'  -- what was read elsewhere tells nothing, and where all is here nothing is elsewhere
), told AS (
  SELECT CASE WHEN is_here THEN consumer_kind ELSE 'table' END AS consumer_kind, CASE WHEN is_here THEN workspace_id END AS workspace_id,
         CASE WHEN is_here THEN consumer_id ELSE table_name END AS consumer_id, ran_as AS owner, COUNT(DISTINCT event_id) AS uses,
         COUNT(DISTINCT table_name) AS tables, MAX(event_time) AS last_use
  FROM marked
  WHERE is_here OR (is_fed = 1 AND use = 'write')
  GROUP BY CASE WHEN is_here THEN consumer_kind ELSE 'table' END, CASE WHEN is_here THEN workspace_id END,
           CASE WHEN is_here THEN consumer_id ELSE table_name END, ran_as
)
SELECT COALESCE(n.runner_name, t.consumer_id) AS consumer, t.consumer_kind, t.owner, t.uses, t.tables, t.last_use, t.workspace_id,
       t.consumer_id
FROM told t
LEFT JOIN runner_names n
  ON n.workspace_id = t.workspace_id AND n.runner_kind = t.consumer_kind AND n.runner_id = t.consumer_id
ORDER BY uses DESC, consumer_kind, workspace_id, consumer_id, owner
LIMIT :limit
