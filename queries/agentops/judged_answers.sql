-- question: How do judges and people assess the answers of each agent's versions, day by day?
-- params: {start: date, end: date}
-- grain: [agent, version, judge, day]
-- columns:
--   agent: text  Agent
--   workspace_id: text
--   endpoint_id: text  (where the agent is a serving endpoint, and only one has its name)
--   version: text  Version
--   judge: text  Judge
--   day: date  Day
--   answers: count  Answers
--   judged: count  Judged
--   passed: count  Passed
--   both_passed: count
--   judge_alone: count  (the judge passes what people do not)
--   person_alone: count  (people pass what the judge does not)
--   both_failed: count
-- things: {agent: [endpoint, workspace_id, endpoint_id]}
-- ttl: 1h
-- uses: [endpoint_names]
-- optional: [system.mlflow.trace_unified]
-- note: >
--   Traces of the account's view of MLflow's traces by UTC day. Agent: the serving endpoint that the trace names, else the trace's name;
--   version: its model id, else "unnamed". An assessment counts where it says yes or no (true, pass, 1); scores on other scales and
--   errors of a judge do not. Of several by one side the newest counts, of people one that was not taken back. What a person
--   overrides is still the judge's verdict: else a judge would agree with whoever corrects it. answers are all of the day, whether judged or
--   not, and stand in the row of each judge; a row without a judge has what nobody judged. Code scorers are no judges.
WITH told AS (
  SELECT trace_id, agent, version, day, one.assessment_name AS judge, one.source.source_type AS side,
         COALESCE(folded(one.valid), 'true') <> 'false' AS is_valid, COALESCE(one.last_update_time, one.create_time) AS told_at,
         CASE folded(replace(one.feedback.value, '"', '')) WHEN 'yes' THEN 1 WHEN 'true' THEN 1 WHEN 'pass' THEN 1 WHEN '1' THEN 1
              WHEN 'no' THEN 0 WHEN 'false' THEN 0 WHEN 'fail' THEN 0 WHEN '0' THEN 0 END AS passed
  FROM (
    SELECT trace_id, COALESCE(NULLIF(trace_metadata['mlflow.databricks.modelServingEndpointName'], ''), tags['mlflow.traceName'], 'unnamed') AS agent,
           COALESCE(NULLIF(trace_metadata['mlflow.modelId'], ''), 'unnamed') AS version, to_date(request_time) AS day, assessments
    FROM system.mlflow.trace_unified
    WHERE request_time >= :start AND request_time < :end
  ) traces
  LATERAL VIEW explode(CASE WHEN size(assessments) > 0 THEN assessments ELSE array(NULL) END) e AS one
), newest AS (
  SELECT trace_id, agent, version, day, judge,
         MAX(CASE WHEN passed IS NOT NULL AND side IN ('LLM_JUDGE', 'AI_JUDGE') THEN struct(told_at, passed) END).passed AS by_judge,
         MAX(CASE WHEN passed IS NOT NULL AND side = 'HUMAN' AND is_valid THEN struct(told_at, passed) END).passed AS by_person
  FROM told
  GROUP BY trace_id, agent, version, day, judge
), placed AS (
  SELECT agent, version, day, CASE WHEN by_judge IS NOT NULL THEN judge END AS judge, by_judge, by_person,
         ROW_NUMBER() OVER (PARTITION BY trace_id ORDER BY judge) AS place
  FROM newest
), counted AS (
  SELECT agent, version, day, judge, SUM(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS first_rows, COUNT(by_judge) AS judged,
         COALESCE(SUM(by_judge), 0) AS passed, COALESCE(SUM(by_judge * by_person), 0) AS both_passed,
         COALESCE(SUM(by_judge * (1 - by_person)), 0) AS judge_alone, COALESCE(SUM((1 - by_judge) * by_person), 0) AS person_alone,
         COALESCE(SUM((1 - by_judge) * (1 - by_person)), 0) AS both_failed
  FROM placed
  GROUP BY agent, version, day, judge
), known AS (
  SELECT endpoint_name, MAX(workspace_id) AS workspace_id, MAX(endpoint_id) AS endpoint_id
  FROM endpoint_names
  GROUP BY endpoint_name
  HAVING COUNT(*) = 1
)
SELECT c.agent, k.workspace_id, k.endpoint_id, c.version, c.judge, c.day,
       SUM(c.first_rows) OVER (PARTITION BY c.agent, c.version, c.day) AS answers, c.judged, c.passed, c.both_passed, c.judge_alone,
       c.person_alone, c.both_failed
FROM counted c
LEFT JOIN known k ON k.endpoint_name = c.agent
ORDER BY c.agent, c.judge, c.day, c.version
