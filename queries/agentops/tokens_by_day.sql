-- question: How many tokens do agents and models use, fresh, written to a cache, read from it, and as answers?
-- params: {start: date, end: date, workspaces: text}
-- grain: [day, usage_class]
-- columns:
--   day: date  Day
--   usage_class: code  Tokens
--   tokens: tokens  Count
--   calls: count  Calls with such
-- ttl: 1h
-- note: >
--   Of calls of the gateway, by UTC day. The cached parts are within the input that is reported: fresh is what is left of it, so that the four add up to
--   input and output. Reasoning is within the answer. UNCOUNTED are calls without counts: how many, not how large.
SELECT day, usage_class, SUM(tokens) AS tokens, SUM(calls) AS calls
FROM (
  SELECT day, CASE part WHEN 1 THEN 'FRESH_INPUT' WHEN 2 THEN 'CACHE_WRITE' WHEN 3 THEN 'CACHE_READ' WHEN 4 THEN 'OUTPUT' ELSE 'UNCOUNTED' END AS usage_class,
         CASE part WHEN 1 THEN GREATEST(0, input - written - cached) WHEN 2 THEN LEAST(written, input) WHEN 3 THEN LEAST(cached, input - LEAST(written, input)) WHEN 4 THEN output ELSE 0 END AS tokens,
         CASE part WHEN 5 THEN is_uncounted ELSE 1 - is_uncounted END AS calls
  FROM (
    SELECT to_date(event_time) AS day, COALESCE(input_tokens, 0) AS input, COALESCE(output_tokens, 0) AS output,
           COALESCE(token_details.cache_creation_input_tokens, 0) AS written, COALESCE(token_details.cache_read_input_tokens, 0) AS cached,
           CASE WHEN input_tokens IS NULL AND output_tokens IS NULL THEN 1 ELSE 0 END AS is_uncounted
    FROM system.ai_gateway.usage
    WHERE event_time >= :start AND event_time < :end AND mcp_metadata.json_rpc_method IS NULL AND in_workspaces(workspace_id)
  ) counted
  LATERAL VIEW explode(sequence(1, 5)) p AS part
) classed
WHERE tokens > 0 OR (usage_class = 'UNCOUNTED' AND calls > 0)
GROUP BY day, usage_class
ORDER BY day, usage_class
