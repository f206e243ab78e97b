"""AgentOps: what its panels say, from hand-made rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from agents.detectors.own_agents import scoreboard
from agents.detectors.token_costs import unit_costs
from approvals.reading.agents_board import COLUMNS
from components.panels import agentops, agentops_costs, agentops_governed
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid, Note, Plot
from tests.components.bodies import frame, listed, one, parts, seen

LOOK = ViewContext()


def line(**more: Any) -> dict[str, Any]:
    """A line of a bill: 100 answers for 1.90 USD, of 100 new tokens and 900 from a cache."""
    return {
        "workspace_id": "1", "workspace": "prod", "service": "bot", "model": "claude", "payee": "PROVIDER", "part": "TOKENS",
        "unit": "USD", "cost": Decimal("1.9"), "unsplit": None, "answers": 100, "unbilled": 0, "uncounted": 0,
        "fresh": 100, "cache_write": 0, "cache_read": 900, "output": 0,
    } | more  # fmt: skip


def costs(*lines: dict[str, Any]) -> list[Any]:
    made: dict[str, pd.DataFrame] = unit_costs(frame("agentops.token_costs", *lines)["token_costs"])
    return listed(agentops_costs.answer_costs(made, LOOK))


def test_an_answer_costs_what_its_classes_cost() -> None:
    said = costs(line())
    assert one(said, Finding).text == "One answer costs 1.9 ¢ by the providers' list; 53% is new input"
    assert parts(one(said, Plot)) == {"New input": {"bot": 10.0}, "Re-read context": {"bot": 9.0}}  # of 1,000 answers


def test_the_providers_estimate_is_never_added_to_our_bill() -> None:
    fee = line(payee="DATABRICKS", part="GATEWAY", model="", cost=Decimal(3), answers=0, fresh=0, cache_read=0)
    said = costs(line(), fee, line(**{**fee, "service": None, "part": "RETRIEVAL", "cost": Decimal(40)}))
    assert one(said, Finding).text == "One answer costs 1.9 ¢ by the providers' list; 53% is new input"
    bills = "Providers' list: $1.90; Databricks bill: $43.00, of it $40.00 of no agent by name."
    assert one(said, Note).text == f"{bills} How prices of tokens relate: Settings (default)."
    assert seen(one(said, Grid), "line", "bill", "answers") == [
        ("bot", "Providers' list", 100),
        ("no agent named", "Databricks bill", 0),
        ("bot", "Databricks bill", 100),
    ]
    assert set(parts(one(said, Plot))["Gateway"]) == {"bot · list", "bot · bill"}


def test_a_class_of_tokens_is_called_and_coloured_alike_in_both_panels() -> None:
    days = [
        {"day": dt.date(2026, 11, 1), "usage_class": one, "tokens": 10, "calls": 1}
        for one in ("CACHE_READ", "FRESH_INPUT", "UNCOUNTED")
    ]
    drawn = one(listed(agentops.tokens_by_day(frame("agentops.tokens_by_day", *days), LOOK)), Plot)
    paid = one(costs(line()), Plot)

    def colours(plot: Plot) -> dict[str, str]:
        return {trace.name: trace.marker.color for trace in plot.figure.data}

    assert colours(drawn) == colours(paid) and set(colours(paid)) == {"New input", "Re-read context"}


def test_what_is_not_known_is_said() -> None:
    lacking = line(service="new", cost=None, unbilled=7, answers=0, uncounted=1)
    said = one(costs(line(unsplit=Decimal("0.4")), lacking, line(model="mystery")), Note).text
    assert "$0.40 on days without tokens" in said and "7 answers without a bill" in said
    assert "1 call without a count" in said and "prices of 1 model assumed" in said
    assert one(costs(lacking), Empty).text.endswith("7 answers without a bill.")


def calls(sort: str, client: str | None, path: str, n: int) -> dict[str, Any]:
    return {"sort": sort, "client": client, "path": path, "model": "big", "calls": n, "callers": 1, "tokens": 5}


def governed(*rows: dict[str, Any]) -> list[Any]:
    return listed(agentops_governed.governed(frame("agentops.governed_calls", *rows), LOOK))


def test_coding_agents_are_judged_apart() -> None:
    said = governed(
        calls("CODING_AGENT", "Claude", "SERVICE", 62),
        calls("CODING_AGENT", "Cursor", "NO_SERVICE", 38),
        calls("PERSON", None, "SERVICE", 300),
        calls("SERVICE_PRINCIPAL", None, "PAST_GATEWAY", 100),
    )
    assert one(said, Finding).text == "38% of Claude/Cursor calls name no governed service, 25% of 400 other calls"
    assert one(said, Plot).alt == "500 calls; 28% name no governed service."


def test_all_by_a_service_is_fine() -> None:
    title = one(governed(calls("PERSON", None, "SERVICE", 3)), Finding)
    assert (title.text, title.tone) == ("0% of 3 other calls name no governed service; no coding agent seen", "ok")


def test_confidence_is_set_beside_chance_and_mlflow_is_counted() -> None:
    row = pd.DataFrame([["finops.idle", "warehouse.set_autostop", 9, 0, 7, 0, 2, 4, 0, 0.9]], columns=list(COLUMNS))
    groups = pd.DataFrame([{"stated": 0.9, "right": 0.6, "noise": 0.07, "n": 20}])

    def said(off: float) -> list[str]:
        sums = pd.DataFrame([(off, 0.07, 20)], columns=["off", "noise", "n"])
        traces = pd.DataFrame([(8, 9)], columns=["traced", "proposed"])
        frames = {"board": scoreboard(row, None, None), "traces": traces, "groups": groups, "reliability": sums}
        return [one.text for one in listed(agentops.board(frames, LOOK)) if isinstance(one, Note)][1:]

    told = "8 of 9 proposals are traces in MLflow; what is lacking waits in the store."
    assert said(0.3) == [
        "Stated confidence is off by 0.30 on average, while chance alone makes 0.07 of 20 proposals.",
        told,
    ]
    assert (
        said(0.1)[0]
        == "Stated confidence is off by 0.10 on average, no more than chance alone makes 0.07 of 20 proposals."
    )


def board(verified: int, taken_back: int) -> Finding:
    """Of an agent with nine decided proposals, seven of them accepted."""
    row = ["finops.idle", "warehouse.set_autostop", 9, 0, 6, 1, 2, verified, taken_back, 0.9]
    made = scoreboard(pd.DataFrame([row], columns=list(COLUMNS)), None, None)
    return one(agentops.board({"board": made}, LOOK), Finding)


def test_an_acceptance_without_an_outcome_is_no_success() -> None:
    assert board(4, 1).text == "7 of 9 decided proposals accepted, 4 verified, 1 taken back, 2 without an outcome"
    assert board(4, 1).tone == "watch" and board(7, 0).tone == "plain"
    assert board(7, 0).text == "7 of 9 decided proposals accepted, 7 verified, 0 taken back"


def test_the_ends_of_what_is_believed_are_said_of_those_of_whom_anything_is_through() -> None:
    row = ["finops.idle", "warehouse.set_autostop", 9, 0, 6, 1, 2, 6, 0, 0.9]
    made = pd.DataFrame([row, ["new.one", "grant.revoke", 1, 1, 0, 0, 0, 0, 0, 0.5]], columns=list(COLUMNS))
    lacks = [None, None, 0.0]
    believed = pd.DataFrame(
        [[0.62, 0.94, 12.0, *lacks, 0.35, None, "31 more decisions", "none is better"], [*lacks, *lacks, *[None] * 4]],
        columns=[
            "agreed_low",
            "agreed_high",
            "agreed_n",
            "held_low",
            "held_high",
            "held_n",
            "fall",
            "lowered",
            "needs",
            "floor",
        ],
    )
    held = pd.DataFrame(
        [
            (
                "p1",
                "Stop it",
                "finops.idle",
                "k",
                "policy",
                pd.Timestamp("2026-11-01", tz="UTC"),
                "until somebody lifts it",
            )
        ],
        columns=["proposal_id", "title", "agent", "kind", "reason", "at", "until"],
    )
    board = scoreboard(pd.concat([made, believed], axis=1), None, None)
    grids = [body for body in listed(agentops.board({"board": board, "held": held}, LOOK)) if isinstance(body, Grid)]
    _, ends, back = grids
    assert ends.frame[["agent", "agreed", "held"]].to_numpy().tolist() == [["finops.idle", "62% to 94%, n 12", None]]
    assert ends.frame[["needs", "floor"]].to_numpy().tolist() == [["31 more decisions", "none is better"]]
    assert back.frame["reason"].tolist() == ["Against policy"] and back.things["title"].kind == "proposal"


def test_where_nothing_is_through_nothing_is_learned() -> None:
    row = ["new.one", "grant.revoke", 1, 1, 0, 0, 0, 0, 0, 0.5]
    made = pd.DataFrame([row], columns=list(COLUMNS)).assign(agreed_n=None, held_n=None)
    bodies = listed(agentops.board({"board": scoreboard(made, None, None)}, LOOK))
    assert "nothing is learned of any yet" in one(bodies, Note).text
