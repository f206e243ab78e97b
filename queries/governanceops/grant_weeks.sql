-- question: >
--   In which weeks were grants used by their holders?
-- params: {start: date, end: date, grants: text}
-- grain: [held, week]
-- columns:
--   held: text  (as given)
--   week: date  (its Monday)
-- ttl: 12h
-- uses: [table_uses]
-- evidence: [system.access.audit, system.access.table_lineage]
-- note: >
--   :grants are written holder/table, with a blank between two; upper and lower case are alike. Only weeks with a trace
--   of use between :start and :end: no row is no trace, as far back as audit and lineage reach.
WITH asked AS (
  SELECT held
  FROM (SELECT split(:grants, ' ') AS given) a
  LATERAL VIEW explode(given) e AS held
)
SELECT a.held, to_date(date_trunc('WEEK', u.event_time)) AS week
FROM asked a
JOIN table_uses u ON u.principal || '/' || u.table_name = folded(a.held)
GROUP BY a.held, to_date(date_trunc('WEEK', u.event_time))
ORDER BY held, week
