"""The first sentence of Sources: what can be read, how new the bill is, which pages are blind in part, what looking costs."""

from __future__ import annotations

from components.panels.sources import billing_said, blind_said, readable_said
from components.panels.sources_cost import own_cost_said
from components.tiles.summary import Clause, summary
from components.tiles.tile import Lead

FILE = "sources.py"
today = summary(
    "Sources today",
    "What the cockpit can read, how new it is, and what reading it costs.",
    Clause("which sources can be read", ("sources",), readable_said, Lead("Sources", FILE, "Coverage", "blind")),
    Clause("how new the bill is", ("lags",), billing_said, Lead("Lag", FILE, "Coverage", "late")),
    Clause("which pages are blind", ("suffering",), blind_said, Lead("Sources", FILE, "Coverage", "blind")),
    Clause("what the cockpit costs", ("own",), own_cost_said, Lead("Cost", FILE, "Cost", "own_questions")),
)
