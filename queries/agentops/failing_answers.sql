-- question: Which answers of agents fail, by version and cause?
-- params: {start: date, end: date}
-- grain: [agent, version, cause, tool]
-- columns:
--   agent: text  Agent
--   workspace_id: text
--   endpoint_id: text
--   version: text  Version
--   cause: code  Cause
--   tool: text  Tool
--   failed: count  Failed
--   answers: count  Answers of it
--   share: share  Of them
--   judges: text  Judges that say so
--   newest: time  Newest
--   trace: text  Its trace
-- things: {agent: [endpoint, workspace_id, endpoint_id]}
-- ttl: 1h
-- uses: [endpoint_names]
-- optional: [system.mlflow.trace_unified]
-- note: >
--   Traces of the account's view of MLflow's traces that ended in an error, or of which a judge says no, each once. TOOL_FAILED: a
--   call of a tool in it failed, the first one is named; ENDED_IN_ERROR: another error ended it; FOUND_NOTHING: its last search
--   gave nothing; JUDGED_WRONG: none of these. A cause stands beside the failure and need not have made it. answers are all of
--   the version, judged or not, so the shares are those of the judged sample where judges look at a part. What was asked is not shown.
WITH traces AS (
  SELECT trace_id, request_time, COALESCE(NULLIF(trace_metadata['mlflow.databricks.modelServingEndpointName'], ''), tags['mlflow.traceName'], 'unnamed') AS agent,
         COALESCE(NULLIF(trace_metadata['mlflow.modelId'], ''), 'unnamed') AS version, state,
         array_sort(array_distinct(transform(filter(assessments, a -> a.source.source_type IN ('LLM_JUDGE', 'AI_JUDGE')
           AND folded(replace(a.feedback.value, '"', '')) IN ('no', 'false', 'fail', '0')), a -> a.assessment_name))) AS judges,
         filter(spans, s -> replace(s.attributes['mlflow.spanType'], '"', '') = 'TOOL' AND s.status.code LIKE '%ERROR%') AS broken,
         filter(spans, s -> replace(s.attributes['mlflow.spanType'], '"', '') = 'RETRIEVER') AS searches
  FROM system.mlflow.trace_unified
  WHERE request_time >= :start AND request_time < :end
), judged AS (
  SELECT agent, version, trace_id, request_time, concat_ws(', ', judges) AS judges,
         state = 'ERROR' OR size(judges) > 0 AS is_bad,
         CASE WHEN size(broken) > 0 THEN 'TOOL_FAILED' WHEN state = 'ERROR' THEN 'ENDED_IN_ERROR'
              WHEN size(searches) > 0 AND replace(element_at(searches, -1).attributes['mlflow.spanOutputs'], ' ', '') IN ('[]', 'null', '""')
                THEN 'FOUND_NOTHING' ELSE 'JUDGED_WRONG' END AS cause,
         CASE WHEN size(broken) > 0 THEN element_at(broken, 1).name END AS tool
  FROM traces
), counted AS (
  SELECT agent, version, CASE WHEN is_bad THEN cause END AS cause, CASE WHEN is_bad THEN tool END AS tool, COUNT(*) AS traces,
         MAX(NULLIF(judges, '')) AS judges, MAX(struct(request_time, trace_id)) AS newest
  FROM judged
  GROUP BY agent, version, CASE WHEN is_bad THEN cause END, CASE WHEN is_bad THEN tool END
), known AS (
  SELECT endpoint_name, MAX(workspace_id) AS workspace_id, MAX(endpoint_id) AS endpoint_id
  FROM endpoint_names
  GROUP BY endpoint_name
  HAVING COUNT(*) = 1
), shares AS (
  SELECT *, SUM(traces) OVER (PARTITION BY agent, version) AS answers
  FROM counted
)
SELECT c.agent, k.workspace_id, k.endpoint_id, c.version, c.cause, c.tool, c.traces AS failed, c.answers,
       try_divide(CAST(c.traces AS DOUBLE), c.answers) AS share, c.judges, c.newest.request_time AS newest, c.newest.trace_id AS trace
FROM shares c
LEFT JOIN known k ON k.endpoint_name = c.agent
WHERE c.cause IS NOT NULL
ORDER BY failed DESC, c.agent, c.version, c.cause, c.tool
