-- question: Who tried how often within an hour, day by day?
-- params: {start: date, end: date, limit: integer}
-- grain: [attempt, subject, day]
-- columns:
--   attempt: code  Attempt
--   who: text  Who
--   day: date  Day
--   peak: count  Most within 60 minutes
--   peak_at: time  Ended
--   attempts: count  All day
--   addresses: count  From addresses
--   subject: text  (who, or the workspace where nobody is named)
-- things: {who: [principal, who]}
-- ttl: 15m
-- optional: [system.access.outbound_network]
-- evidence: [system.access.audit]
-- note: >
--   By day (UTC): the most in any 60 minutes that end on it, one per event_id. Failed sign-ins (service accounts, any …ogin
--   answered 4xx), denied requests (Unity Catalog, 401 or 403), downloads of results and exports that succeeded, and outbound traffic that a
--   network policy denied, which names no person: by workspace. Of each kind the :limit subjects with the highest peak. Account-wide: audit events of
--   the account have workspace 0.
WITH tried AS (
  SELECT attempt, who, subject, MIN(at) AS at, MAX(source) AS source
  FROM (
    SELECT CASE WHEN service_name = 'accounts' THEN 'FAILED_SIGN_IN' WHEN service_name = 'unityCatalog' THEN 'DENIED_REQUEST'
                ELSE 'DOWNLOAD' END AS attempt,
           folded(user_identity.email) AS who, folded(user_identity.email) AS subject, event_time AS at,
           source_ip_address AS source, COALESCE(event_id, request_id, CAST(unix_micros(event_time) AS STRING)) AS event
    FROM system.access.audit
    WHERE event_date >= :start AND event_date < :end
      AND ((service_name = 'accounts' AND action_name LIKE '%ogin%' AND response.status_code BETWEEN 400 AND 499)
           OR (service_name = 'unityCatalog' AND response.status_code IN (401, 403))
           OR (action_name IN ('downloadQueryResult', 'downloadLargeResults', 'downloadPreviewResults', 'workspaceExport')
               AND response.status_code = 200))
    UNION ALL
    SELECT 'OUTBOUND_DENIAL' AS attempt, CAST(NULL AS STRING) AS who, workspace_id AS subject, event_time AS at,
           destination AS source, event_id AS event
    FROM system.access.outbound_network
    WHERE event_time >= :start AND event_time < :end
  ) events
  WHERE subject IS NOT NULL
  GROUP BY attempt, who, subject, event
), windows AS (
  SELECT attempt, who, subject, at, source,
         COUNT(*) OVER (PARTITION BY attempt, subject ORDER BY unix_seconds(at)
                        RANGE BETWEEN 3599 PRECEDING AND CURRENT ROW) AS within
  FROM tried
), by_day AS (
  SELECT attempt, who, subject, to_date(at) AS day, MAX(within) AS peak, max(struct(within, at)).at AS peak_at,
         COUNT(*) AS attempts, COUNT(DISTINCT source) AS addresses
  FROM windows
  GROUP BY attempt, who, subject, to_date(at)
), ranked AS (
  SELECT attempt, who, subject, day, peak, peak_at, attempts, addresses,
         MAX(peak) OVER (PARTITION BY attempt, subject) AS top
  FROM by_day
), chosen AS (
  SELECT attempt, who, subject, day, peak, peak_at, attempts, addresses, top,
         DENSE_RANK() OVER (PARTITION BY attempt ORDER BY top DESC, subject) AS nth
  FROM ranked
)
SELECT attempt, who, day, peak, peak_at, attempts, addresses, subject
FROM chosen
WHERE nth <= :limit
ORDER BY attempt, top DESC, subject, day
