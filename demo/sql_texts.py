"""What statements say, what goes wrong with them, and which programs send them."""

from __future__ import annotations

SHAPES = (  # (text, type): {t} a table, {s} the table it is made from, {n} a number that changes from call to call
    ("SELECT region, sum(amount) FROM {t} WHERE day >= date_sub(current_date(), {n}) GROUP BY region", "SELECT"),
    ("SELECT * FROM {t} WHERE account_id = {n}", "SELECT"),
    ("SELECT count(DISTINCT customer_id) FROM {t} WHERE day = current_date() - {n}", "SELECT"),
    ("SELECT a.*, b.amount FROM {t} a JOIN {s} b ON a.id = b.id WHERE a.amount > {n} ORDER BY b.amount", "SELECT"),
    ("SELECT date_trunc('week', day) AS week, avg(amount) FROM {t} GROUP BY 1 ORDER BY 1 -- {n}", "SELECT"),
    ("DESCRIBE TABLE {t}", "DESCRIBE"),
    ("SHOW TABLES IN main.finance_gold", "SHOW"),
    ("SELECT count(*) FROM {t} WHERE note LIKE '%**bold** <script>alert({n})</script>%'", "SELECT"),
    ("INSERT INTO {t} SELECT * FROM {s} WHERE batch = {n}", "INSERT"),
    ("MERGE INTO {t} AS t USING {s} AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * -- batch {n}", "MERGE"),
)
READING, WRITING = 8, (8, 9)  # shapes below READING only read
ERRORS = (
    "[TABLE_OR_VIEW_NOT_FOUND] The table or view cannot be found. SQLSTATE: 42P01",
    "[INSUFFICIENT_PERMISSIONS] Insufficient privileges. SQLSTATE: 42501",
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column cannot be resolved. SQLSTATE: 42703",
    "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012",
)
CLIENTS = ("Power BI", "Databricks SQL Dashboard", "Databricks SQL Editor", "Databricks Notebooks", "Databricks Jobs",
           "Databricks SQL Genie Space", "Databricks SQL Alert", "Tableau", "DbtCloud")  # fmt: skip
