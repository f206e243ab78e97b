"""The first sentence of AgentOps: which agents and tools are in trouble, who is above a budget, whose answers became worse."""

from __future__ import annotations

from components.panels.agentops import troubled
from components.panels.agentops_budgets import budgets_said
from components.panels.agentops_indexes import indexes_said
from components.panels.agentops_quality import quality_said
from components.panels.agentops_tools import tools_said
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.summary import Clause, Said, summary
from components.tiles.tile import Frames, Lead

BUDGETS = ("tokens_by_caller", "token_budgets", "compared")


def _services(frames: Frames, look: ViewContext) -> Said:
    rows = troubled(frames["services"]) if len(frames["services"]) else frames["services"].assign(bad=False)
    bad = rows[rows["bad"]]
    if bad.empty:
        return Said("no agent or model is refused, fails or became slow", "ok")
    told = "; ".join(f"{plain(row.service, 40)}: {row.trouble}" for row in bad.head(3).itertuples())
    return Said(f"{fmt.counted(len(bad), 'agent or model', 'agents and models')} in trouble ({told})", "act")


def _runaways(frames: Frames, look: ViewContext) -> Said:
    rows = frames["runaways"]
    if rows.empty:
        return Said("nobody ran away with tokens or tools", "ok")
    return Said(f"{fmt.counted(rows['caller'].nunique(), 'caller')} ran away with tokens or a tool", "watch")


def _lead(label: str, name: str, view: str = "Calls") -> Lead:
    return Lead(label, "agentops.py", view, name)


today = summary(
    "Today",
    "Which agents, models and tools are in trouble, whose answers became worse, and who uses more than was agreed.",
    Clause("agents and models", ("services",), _services, _lead("Agents and models", "services")),
    Clause("quality of answers", ("quality",), quality_said, _lead("Answers", "answer_quality", "Quality")),
    Clause("runaways", ("runaways",), _runaways, _lead("Who runs away", "runaways")),
    Clause("tools", ("tools",), tools_said, _lead("Tools", "tools", "Sessions")),
    Clause("budgets of tokens", BUDGETS, budgets_said, _lead("Budgets", "token_budgets", "Budgets")),
    Clause("vector indexes", ("indexes",), indexes_said, _lead("Indexes behind their table", "indexes", "Inventory")),
)
