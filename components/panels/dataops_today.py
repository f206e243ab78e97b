"""DataOps: the first row of the page, the worst of its findings in a sentence."""

from __future__ import annotations

from components.panels import checks, late_tables, table_stock, table_use
from components.tiles.summary import Clause, summary
from components.tiles.tile import Lead

FILE = "dataops.py"

today = summary(
    "DataOps today",
    "The worst first: late tables and who waits for them, checks that fail, days with odd rows, and what nobody checks.",
    Clause(
        "late tables",
        ("late", "causes", "freshness"),
        late_tables.late_said,
        Lead("Late tables", FILE, "Late", "late_tables"),
    ),
    Clause(
        "columns that are gone",
        ("gone_columns",),
        table_use.gone_said,
        Lead("Columns", FILE, "Changes", "gone_columns"),
    ),
    Clause("failing checks", ("check_days",), checks.checks_said, Lead("Checks", FILE, "Checks", "check_days")),
    Clause("rows a day", ("row_volumes",), table_stock.volumes_said, Lead("Rows", FILE, "Checks", "row_volumes")),
    Clause(
        "tables without a check",
        ("unwatched",),
        checks.blind_said,
        Lead("Coverage", FILE, "Coverage", "unwatched"),
    ),
)
