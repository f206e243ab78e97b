-- question: Which errors do I meet again and again?
-- params: {start: date, end: date, workspaces: text, person: text}
-- grain: [error_class]
-- columns:
--   error_class: code  Error
--   days: count  Days
--   statements: count  Statements
--   asked: count  Of
--   newest: time  Newest
--   last_success: time  Last success
-- ttl: 1h
-- uses: [person_errors]
-- note: >
--   As userops.stuck_people, of the one person whose address is :person, every class. last_success is that of any statement of theirs.
SELECT error_class, days, statements, asked, newest, last_success
FROM person_errors
WHERE person = folded(:person)
ORDER BY days DESC, statements DESC, error_class
