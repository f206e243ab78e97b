"""AgentOps, Inventory: what there is and what it costs, and which indexes are behind, from hand-made rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from components.panels import agentops_indexes, agentops_registry, agentops_sessions
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Grid, Note
from tests.components.bodies import frame, listed, one, seen
from tests.components.test_same_names import filled

LOOK = ViewContext()
HOUR = 3600.0


def thing(called: str, cost: str | None, status: str | None = "ASKED", **more: Any) -> dict[str, Any]:
    known = {
        "workspace_id": "1",
        "workspace": "prod",
        "family": "endpoint",
        "thing_id": called,
        "name": called,
        "sort": "MODEL",
    }
    rest = {
        "status": status,
        "owner": "ann@x.com",
        "calls": 3,
        "callers": 1,
        "unasked_days": 9,
        "unpriced": None,
        "last_call": None,
    }
    return known | rest | {"cost": None if cost is None else Decimal(cost)} | more


def registry(*rows: dict[str, Any]) -> list[Any]:
    return listed(agentops_registry.registry(frame("agentops.registry", *rows), LOOK))


def test_the_rows_add_up_and_what_is_unasked_is_offered() -> None:
    rest = thing("", "20", None, family="none", thing_id=None, name=None, sort="AGENT_EVALUATION", owner=None)
    said = registry(thing("old", "100", "UNASKED"), thing("free", None, "UNASKED"), thing("bot", "80"), rest)
    assert (
        one(said, Finding).text == "3 agents, models, apps and spaces cost $200.00; 1 unasked for a week, old $100.00"
    )
    assert seen(one(said, Grid), "name", "propose") == [
        ("old", "Propose"), ("free", "–"), ("bot", "–"), ("of none by name", "–"),
    ]  # fmt: skip
    assert one(said, Grid).frame["params"][0]["recipient"] == "ann@x.com"
    well = one(registry(thing("bot", "80"), rest), Finding)
    assert (well.text, well.tone) == ("1 agent, model, app or space cost $100.00; $20.00 of none by name", "plain")


def index(name: str, behind: float | None, usual: float | None = HOUR, **more: Any) -> dict[str, Any]:
    state = "FRESH" if behind is None else "BEHIND"
    known = {
        "index_id": name,
        "index_name": name,
        "freshness": state,
        "behind": behind,
        "usual": usual,
        "syncs": 20,
        "questions": 4,
    }
    return filled("agentops.indexes", **(known | more)) | {"missing_since": dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC)}


def indexes(*rows: dict[str, Any]) -> list[Any]:
    return listed(agentops_indexes.indexes(frame("agentops.indexes", *rows), LOOK))


def test_an_index_is_late_beyond_its_own_usual_and_not_before() -> None:
    said = indexes(index("nightly", 12 * HOUR, 10 * HOUR), index("policy", 9 * HOUR), index("quiet", None))
    assert one(said, Finding).text == "policy is 9 h behind, 4 questions since; the other 2 are not late"
    assert seen(one(said, Grid), "index_name", "propose") == [("policy", "Propose"), ("nightly", "–"), ("quiet", "–")]
    well = one(indexes(index("nightly", 12 * HOUR, 10 * HOUR), index("quiet", None)), Finding)
    assert (well.text, well.tone) == ("None of 2 indexes is behind its table beyond its usual", "ok")


def test_an_hour_is_no_lag_and_a_few_synchronisations_are_no_habit() -> None:
    assert one(indexes(index("quick", 50 * 60, 60.0)), Finding).tone == "ok"
    assert one(indexes(index("young", 20 * HOUR, syncs=2)), Finding).tone == "ok"
    assert one(indexes(index("young", 30 * HOUR, syncs=2)), Finding).tone == "act"


def test_what_cannot_be_known_is_said() -> None:
    said = indexes(index("policy", None) | {"freshness": "NO_SOURCE"})
    assert one(said, Finding).text == "Of 1 index, none is known to be fresh or behind"
    assert one(said, Note).text == "Whether 1 index is fresh cannot be known."


def session(name: str, verdict: str = "USUAL", tokens: int = 900, repeats: int = 1, **more: Any) -> dict[str, Any]:
    known = {"service": "bot", "session": name, "verdict": verdict, "tokens": tokens, "repeats": repeats}
    counted = {"tool": "find", "times": 12.0, "sessions": 40, "untagged": 10, "runaways": 1, "loops": 1}
    return filled("agentops.sessions", **(known | counted | more))


def sessions(*rows: dict[str, Any]) -> list[Any]:
    return listed(agentops_sessions.sessions(frame("agentops.sessions", *rows), LOOK))


def test_a_loop_is_named_with_its_tool_and_stands_first() -> None:
    said = sessions(session("a", "RUNAWAY", 300_000), session("b", "LOOP", 10, 600), session("c", tokens=200_000))
    assert one(said, Finding).text == "bot called find 600 times; 1 session with 10× the tokens, of bot"
    assert one(said, Note).text == "25% of the sessions are single turns: their caller names none."
    assert list(one(said, Grid).frame["session"]) == ["b", "a"]
    well = one(sessions(session("c", runaways=0, loops=0)), Finding)
    assert (well.text, well.tone) == ("None of 40 sessions runs away or loops", "ok")
