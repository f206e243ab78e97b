-- question: Who meets the same error day after day without a success?
-- params: {start: date, end: date, workspaces: text, limit: integer}
-- grain: [person, error_class]
-- columns:
--   person: text  Person
--   error_class: code  Error
--   days: count  Days
--   statements: count  Statements
--   newest: time  Newest
--   last_success: time  Last success
-- things: {person: [principal, person]}
-- ttl: 1h
-- uses: [person_errors]
-- note: >
--   As userops.repeated_errors, by person: who is stuck there. For the person and for those
--   who help.
SELECT person, error_class, days, statements, newest, last_success
FROM person_errors
WHERE is_stuck
ORDER BY days DESC, statements DESC, person, error_class
LIMIT :limit
