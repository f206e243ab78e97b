"""Every name leads somewhere: a column of names in a table and a mark that stands for one thing say which thing it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from approvals.ledger.ledger import search
from approvals.people.identities import Identity
from approvals.reading.card import card
from components.graph.graph import Graph
from components.inbox import telling, who
from components.ledger import view
from components.panels import (
    access_review,
    access_rules,
    agentops,
    agentops_budgets,
    agentops_governed,
    agentops_quality,
    agentops_tools,
    attempts,
    audit,
    become,
    changes,
    chargeback,
    checks,
    cohorts,
    column_lineage,
    drift,
    drift_model,
    feature_use,
    finops,
    governanceops,
    grant_drift,
    job_owners,
    late_tables,
    lineage,
    mlops_gate,
    mlops_serving,
    mlops_skew,
    mlops_training,
    newcomers,
    night,
    on_time,
    personas,
    pipelineops,
    privileges,
    reach,
    reach_graph,
    right_consumers,
    root_cause,
    run_times,
    sensitive,
    slow_sources,
    stronger,
    table_stock,
    table_use,
    unused_rights,
    userops,
    value,
    value_by_hand,
    value_decisions,
    value_own,
    value_promises,
)
from components.panels.groups import grouped
from components.runtime import opened
from components.text import format as fmt
from components.text.principals import names_of
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Frames, Grid, Plot
from queries.catalogue import catalogue
from tests.agents.test_cohorts import FIVE, OLD
from tests.agents.test_skew import OTHER_UNIT
from tests.components import inbox_store
from tests.components.bodies import frame, listed, one
from tests.components.test_access_review import asking, reviewed
from tests.components.test_access_rules import measured
from tests.components.test_derived_titles import BOARDS, QUALITY
from tests.components.test_feature_use import features
from tests.components.test_newcomers import joined
from tests.components.test_panels_audit import event, logged
from tests.components.test_panels_column_lineage import lines
from tests.components.test_panels_dataops import stalled
from tests.components.test_panels_drift import drifted
from tests.components.test_panels_gate import standing, version
from tests.components.test_panels_governanceops import given, idle, tried, unmasked
from tests.components.test_panels_lineage import frames as lineage_frames
from tests.components.test_panels_night import chain, nightly
from tests.components.test_panels_quarter import moved
from tests.components.test_panels_reach import handed, manage, reached
from tests.components.test_panels_right_consumers import running
from tests.components.test_panels_root_cause import explained
from tests.components.test_panels_skew import served
from tests.components.test_panels_tools import days as tool_days
from tests.components.test_panels_tools import tooled
from tests.components.test_panels_value import by_hand, decided, owned, worthy
from tests.components.test_people_panels import mine, people, stayed
from tests.components.test_same_names import CASES, MADE, NO_THINGS, days, filled
from tests.components.test_token_budgets import budgeted
from tests.components.test_value_promises import held
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import KINDS, Thing

LOOK = ViewContext()
WORDS = {
    "agreed": "a share within its ends", "held": "a share within its ends",
    "question": "a question of this app", "asks": "a question of this app", "said": "a state",
    "pages": "pages of this app", "page": "a page of this app", "mend": "a statement to copy",
    "code": "an error code", "last_code": "an error code", "termination_code": "an error code", "result_state": "a state",
    "last_state": "a state", "state": "a state", "kind": "what happened", "movement": "what happened", "detail": "words",
    "warehouse_size": "a size", "sku_name": "a SKU has no page", "usage_unit": "a unit", "reason": "words",
    "basis": "a word of the filters", "currency_code": "a currency", "task_key": "a part of the run it is drawn for",
    "what": "what can be saved", "confidence": "a grade", "effort": "a grade", "evidence": "words",
    "source": "whose deadline, or a system table",
    "hypothesis": "words", "standing": "a grade", "support": "words", "against": "words", "check": "words",
    "change": "came or went", "way": "words", "decision": "keep, remove or ask",
    "privilege": "a right", "privileges": "rights", "right": "a right", "through": "groups", "cut": "words",
    "cause": "words", "gave": "rights", "took": "rights", "sort": "a grade", "class": "a class of data",
    "since": "what came after a failure", "side": "who needs whom", "role": "which of its machines", "runtime": "a version",
    "statement": "words", "given": "rights", "lacking": "rights", "column_name": "a part of its table",
    "source_column": "a part of its table", "target_column": "a part of its table",
    "other_column": "a part of its table", "comment": "words", "type": "a type",
    "version": "a number", "serves": "models have no page", "use_state": "a state", "served": "a model has no page",
    "without": "a state", "expected": "figures",
    "client": "a program", "session": "a part of an agent",
    "status": "a state", "freshness": "a state", "clients": "programs", "path": "words",
    "size": "a size", "back": "a button",
    "watch": "a button", "points": "a difference", "hour_kind": "words", "version_before": "a number",
    "experiment": "experiments have no page", "between": "a share",
    "model": "a model of a provider has no page", "slice": "a part of the rows", "metric": "a measure", "says": "a decision",
    "likely": "a chance", "shifted": "a difference", "alias": "a part of a model", "alias_version": "a number",
    "evaluated": "a check", "same_hours": "a check", "inputs": "a check", "as_trained": "a check",
    "moved": "a count", "quality": "a measure",
    "check_name": "a check", "monitor": "how it is watched",
    "rule": "words", "environment": "a tag", "result": "a state", "value": "words", "wanted": "words",
    "minutes": "times", "by": "counts", "policy": "a policy has no page", "tags": "tags",
    "resource_kind": "a kind", "consumer_kind": "a kind", "propose": "a button", "due_time": "a time of day", "zone": "a time zone",
    "cure": "words", "hint": "words", "trouble": "words",
    "feature": "a feature has no page", "persona": "a kind of work", "does": "words",
    "found": "a verdict", "gain": "a range", "grant": "a button", "spent": "an amount",
    "tool": "a part of an agent", "judge": "a part of an agent", "judges": "parts of an agent", "agrees": "a number",
    "believed": "a grade", "trace": "an answer has no page",
    "why": "words", "step": "words", "changed": "words", "verb": "words",
    "chance": "a number", "product": "a product has no page", "written": "a spelling", "normal": "a spelling", "tag_key": "a spelling",
    "tag_value": "a spelling",
    "again": "words", "retrain": "a button", "action": "a call",
    "address": "an address of the network", "then": "a button", "lead": "a button", "days": "counts", "of": "counts",
    "now": "a state", "tag": "what a tag means",
}  # fmt: skip  # texts that name no thing, and what they are
BY_PANEL = {"label", "subject"}  # their panels know what kind of thing a row names
# Panels that show things, with rows of theirs.
MORE: list[tuple[Panel, Any]] = [
    (finops.owners, [("finops.owners", {"owner": "ann@example.com"})]),
    (table_use.gone_columns, [("dataops.gone_columns", {"table_name": "main.s.t"})]),
    (chargeback.untagged, [("finops.untagged", {"owner": "ann@example.com"})]),
    (chargeback.warehouse_users, [("finops.warehouse_share", {"executed_by": "ann@example.com", "part": "work"})]),
    (slow_sources.slow_sources, [("userops.slow_sources", {"source_kind": "person", "source_id": "ann@example.com"})]),
    (userops.stuck_people, [("userops.stuck_people", {"person": "ann@example.com"})]),
    (userops.costly_habits, [("userops.costly_habits", {"person": "ann@example.com", "habit": "SPILLS"})]),
    (userops.inactive_people, [("userops.inactive_people", {"person": "ann@example.com"})]),
    (mlops_training.training, [("mlops.training", {"owner": "ann@example.com"})]),
    (agentops.runaways, [("agentops.runaways", {"caller": "ann@example.com"})]),
    (agentops.services, [("agentops.services", {})]),
    (agentops_governed.coding_callers, [("agentops.coding_callers", {"caller": "ann@example.com"})]),
]
MARKS_OF_NO_THING = {
    "row_volumes": "days of one table", "task_times": "tasks of one run",
    "promised": "kinds of action", "loop": "no marks", "decisions": "decisions", "by_hand": "no marks", "rules": "counts",
    "drift_map": "columns", "skew": "columns", "gate": "checks", "drift_spread": "bins", "drift_history": "windows",
    "per_day": "products", "corrections": "products", "reconciliation": "parts of the bill", "codes": "error codes",
    "runs": "states", "updates": "states", "budget": "the days of all jobs", "forecast": "days", "totals": "no marks",
    "month": "no marks", "unused_rights": "teams", "attempts": "kinds of attempt",
    "audit": "outcomes",
    "sensitive": "no marks", "today": "no marks", "hours_lost": "causes", "my_waits": "causes", "waits_by_hour": "hours",
    "active_people": "products", "answer_costs": "classes of tokens",
    "governed": "kinds of callers", "tokens_by_day": "classes of tokens", "tools": "tools of agents",
    "training": "experiments", "versions": "pairs of versions", "serving_requests": "ways to end", "serving_tokens": "no marks",
    "restated": "no marks", "sessions": "sessions", "answer_quality": "days, and judges", "newcomers": "cohorts",
    "feature_months": "features", "personas": "kinds of work", "cohorts": "cohorts",
    "use_tiers": "months", "my_persona": "no marks", "kept": "ways to end",
}  # fmt: skip


def built() -> Iterator[tuple[str, Any]]:
    for panel, frames in [*CASES, *MADE]:
        found = frames(("load", "store"), [("1", "7"), ("1", "8")])
        if panel in (finops.matrix, finops.moved):
            found = grouped("workspace")(found)
        for body in listed(panel(found, LOOK)):
            yield panel.build.__name__, body
    for panel, asked in MORE:
        for query, known in asked:
            for body in listed(panel(frame(query, filled(query, **known)), LOOK)):
                yield panel.build.__name__, body

    for panel in (reach.paths, reach.openness, reach.broad, reach.grants, reach_graph.reach_graph):
        for body in listed(panel(reached("ann@x.com", "account users"), LOOK)):
            yield panel.build.__name__, body
    for panel, hand_made in (
        (privileges.privilege_changes, given("ann@x.com")),
        (attempts.attempts, tried(60)),
        (access_rules.access_rules, measured(unmasked(), given("ann@x.com"))),
        (become.become, handed("ann@x.com")),
        (right_consumers.hit_by(""), running("job", "table", "person")),
        (audit.audit, logged(event(), DONE=1)),
        (stronger.stronger, manage("bo@x.com")),
        (access_review.access_review, reviewed("keep", "")),
        (access_review.review_roster, asking("ann@x.com")),
        (grant_drift.grant_drift, moved(("came", "ann@x.com", "SELECT"), ("went", "bo@x.com", "SELECT"))),
        (unused_rights.unused_rights, idle("unused", "used")),
        (sensitive.unprotected, unmasked()),
        (sensitive.sensitive, unmasked()),
        (governanceops.today, given("ann@x.com")),
        (late_tables.late_tables, stalled("main.s.a", "main.s.b")),
        (late_tables.late_causes, stalled("main.s.a", "main.s.b")),
        (root_cause.root_cause, explained("CLUSTER_ERROR")),
        (night.night, nightly(*chain())),
        (mlops_gate.gate, standing(version())),
        (mlops_skew.skew, served(tenure=OTHER_UNIT, visits={})),
        (run_times.task_times, frame("pipelineops.task_times", filled("pipelineops.task_times"))),
        (job_owners.job_owners, frame("pipelineops.job_owners", filled("pipelineops.job_owners"))),
        (table_stock.inventory, frame("dataops.table_inventory", filled("dataops.table_inventory"))),
        (table_stock.ages, frame("dataops.freshness", filled("dataops.freshness", writer_kind="job"))),
        (table_stock.row_volumes, frame("dataops.row_volumes", filled("dataops.row_volumes", beyond=2.0))),
        (lineage.lineage_of("m.s.silver"), lineage_frames("m.s.silver")),
        (column_lineage.column_lineage_of("m.s.silver.sum"), lines()),
        (checks.check_days, frame("dataops.check_days", filled("dataops.check_days", state="failed"))),
        (checks.unwatched, frame("dataops.unwatched", filled("dataops.unwatched"))),
        (agentops.board, BOARDS[0]),
        (agentops_budgets.token_budgets, budgeted(26_000_000)),
        (agentops_tools.tools, tooled(tool_days(0, 0, 0, 9, 9, 9))),
        (agentops_quality.answer_quality, QUALITY[0]),
        (agentops_quality.failing_answers, QUALITY[0]),
        (newcomers.newcomers, joined(9, 9)),
        (personas.personas, people("sql")),
        (personas.my_persona, mine(sql=20)),
        (cohorts.cohorts, stayed(OLD, *FIVE)),
        (feature_use.feature_months, features(8, 0)),
        (feature_use.team_features, features(8, 0)),
        (mlops_serving.serving_cost, frame("mlops.serving_cost", filled("mlops.serving_cost"))),
        (value.promised, worthy("a")),
        (value.loop, worthy("a")),
        (value_own.own_cost, owned(3)),
        (value_promises.kept, held("met", "late")),
        (drift.drift_models, drifted("churn")),
        (drift_model.did_it_matter(drift_model.Chosen()), drifted("churn")),
        (drift_model.columns_of(drift_model.Chosen()), drifted("churn")),
        (drift_model.history_of(drift_model.Chosen()), drifted("churn")),
        (value_by_hand.by_hand, by_hand("a")),
        (value_decisions.decisions, decided("reject")),
    ):
        for body in listed(panel(hand_made, LOOK)):
            yield panel.build.__name__, body


BUILT = list(built())


def test_every_labelled_text_of_every_question_names_a_thing_or_is_known_to_name_none() -> None:
    bare = [
        f"{query.name}.{name}"
        for query in catalogue().values()
        for name, column in query.described.items()
        if column.label
        and column.kind in ("text", "spelling")
        and name not in WORDS
        and name not in query.things
        and name not in BY_PANEL
    ]
    assert bare == []


@pytest.mark.parametrize(("panel", "body"), BUILT, ids=[name for name, _ in BUILT])
def test_every_name_in_a_table_opens_its_thing(panel: str, body: Any) -> None:
    if not isinstance(body, Grid):
        return
    names = [name for name, (_, kind) in body.columns.items() if kind in ("text", "spelling") and name not in WORDS]
    assert [name for name in names if name not in body.things] == []
    for name in names:
        shown = [row for row, value in enumerate(body.frame[name]) if isinstance(value, str)]
        assert [row for row in shown if body.thing_at(name, row) is None and not _has_no_page(name, body, row)] == [], (
            name
        )


def _has_no_page(name: str, body: Grid, row: int) -> bool:
    """Volumes and functions are no things."""
    return name == "place" and body.frame["kind"].iloc[row] in ("volume", "function")


@pytest.mark.parametrize(("panel", "body"), BUILT, ids=[name for name, _ in BUILT])
def test_every_node_of_a_graph_opens_its_thing(panel: str, body: Any) -> None:
    if isinstance(body, Graph):
        counted = ("and ", "3 people")
        assert all(node.thing is not None or node.label.startswith(counted) for node in body.nodes)


@pytest.mark.parametrize(("panel", "body"), BUILT, ids=[name for name, _ in BUILT])
def test_every_mark_opens_its_thing(panel: str, body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(body, Plot) or panel in MARKS_OF_NO_THING:
        return
    assert body.on_click is not None
    said: list[Thing | None] = []
    monkeypatch.setattr(opened, "ask_for", said.append)
    for trace in body.figure.to_dict()["data"]:
        points = (
            [{"id": one} for one in trace["ids"]]
            if "ids" in trace
            else [{"customdata": one} for one in trace.get("customdata", ())]  # lines between have none
        )
        for point in points:
            body.on_click(point)
    assert any(said), said
    assert {one.kind for one in said if one} <= KINDS.keys()


def test_every_panel_that_draws_is_tried() -> None:
    tried = {name for name, _ in BUILT}
    assert NO_THINGS - tried - MARKS_OF_NO_THING.keys() == {
        "prices",
        "tag_variants",
        "unpriced",
        "discounts",
        "currencies",
        "compare",
        "tasks",
        "repeated_errors",
        "my_errors",
        "blind",
        "late",
        "own_questions",
    }  # tables of SKUs, spellings, currencies, errors and of the parts of one run


def test_a_day_of_a_job_opens_its_run_where_it_ran() -> None:
    found = days(("load", "store"), [("1", "7"), ("1", "8")], "late")
    found["days"].loc[1, "run_id"] = None
    plot = next(one for one in listed(on_time.on_time(found, LOOK)) if isinstance(one, Plot))
    marks = [words for trace in plot.figure.to_dict()["data"] for words in trace["customdata"]]
    assert sorted(marks) == [["job", "8", "1"], ["run", "7/9", "1"]]


def test_the_rest_opens_nothing() -> None:
    query = "finops.spend_matrix"
    rows = [filled(query, label="prod", group_key="1"), filled(query, label="Other", group_key=None)]
    found = grouped("workspace")(Frames(frame(query, *rows)))
    _, plot, grid = listed(finops.matrix(found, LOOK))
    assert isinstance(plot, Plot) and isinstance(grid, Grid)
    assert [trace["customdata"] for trace in plot.figure.to_dict()["data"]] == [
        [["workspace", "1", ""]],
        [["", "", ""]],
    ]
    assert {grid.frame["label"].iloc[row]: grid.thing_at("label", row) for row in (0, 1)} == {
        "prod": Thing("workspace", "1"),
        "Other": None,
    }


@pytest.mark.parametrize(
    ("by", "kind"), [("owner", "principal"), ("tag", "cost_centre"), ("product", None), ("sku", None)]
)
def test_what_a_group_is_depends_on_what_costs_are_grouped_by(by: str, kind: str | None) -> None:
    query = "finops.spend_movers"
    found = grouped(by)(Frames(frame(query, filled(query, label="x", group_key="x"))))
    grid = next(one for one in listed(finops.moved(found, LOOK)) if isinstance(one, Grid))
    thing = grid.thing_at("label", 0)
    assert (thing and thing.kind) == kind


@pytest.mark.parametrize(
    ("said", "subject", "kind"),
    [("job", "7", "job"), ("warehouse", "w", "warehouse"), ("cluster", "c", "cluster"),
     ("table", "main.sales.orders", "table"), ("schema", "main.sales", "schema"), ("volume", "main.sales.v", None)],
)  # fmt: skip
def test_what_changed_says_its_kind(said: str, subject: str, kind: str | None) -> None:
    query = "overview.changes"
    rows = frame(query, filled(query, kind=said, thing_id=subject, workspace_id="1"))
    grid = one(changes.changes(rows, LOOK), Grid)
    thing = grid.thing_at("name", 0)
    assert (thing and thing.kind) == kind and (thing is None or thing.id == subject)


@pytest.mark.parametrize(
    "said", [None, "job", [], ["", "", ""], ["job", "7"], ["house", "1", ""], [1, 2, 3], {"0": "job"}]
)
def test_a_point_that_says_no_thing_opens_none(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Thing | None] = []
    monkeypatch.setattr(opened, "ask_for", asked.append)
    opened.on_point({"customdata": said})
    assert [one for one in asked if one] == []


def test_a_name_that_is_not_known_is_said() -> None:
    query = "pipelineops.job_costs"
    grid = one(pipelineops.job_costs(frame(query, filled(query, owner=None)), LOOK), Grid)
    assert [row["owner"] for row in grid.drawn.to_pylist()] == [fmt.NONE] and grid.thing_at("owner", 0) is None


SERVICE, CALLED = "7d0c9a1e-0000-4000-8000-000000000001", "nightly-etl"
NAMED = ViewContext(names=names_of([Identity("service", (SERVICE, "2001"), CALLED)]))


def of_services(query: str) -> dict[str, str]:
    """The columns of ``query`` that name a person or service, and those that identify one, held by a service."""
    found: dict[str, str] = {}
    for name, which in catalogue()[query].things.items():
        if which.kind == "principal":
            found |= dict.fromkeys((name, *which.columns), SERVICE)
        elif not which.kind:
            found |= {name: SERVICE, which.columns[-1]: SERVICE, which.kind_column: "person"}
    return {name: value for name, value in found.items() if name in catalogue()[query].columns}


def people_of(things: Any) -> bool:
    return any(which.kind in ("", "principal") for which in things.values())


@pytest.mark.parametrize("query", [name for name, query in catalogue().items() if people_of(query.things)])
def test_every_table_of_every_question_calls_a_service_by_its_name(query: str) -> None:
    rows = frame(query, filled(query, **of_services(query)))[query.rsplit(".", 1)[-1]]
    things = catalogue()[query].things
    table = Grid(rows, {name: (name, "text") for name in things}, things=things, names=NAMED.names)
    (shown,) = table.drawn.to_pylist()
    opened_by = {name: table.thing_at(name, 0) for name in shown}
    people = {name: text for name, text in shown.items() if (thing := opened_by[name]) and thing.kind == "principal"}
    assert people and set(people.values()) == {CALLED}
    assert {table.thing_at(name, 0) for name in people} == {Thing("principal", SERVICE)}


@pytest.mark.parametrize(("panel", "asked"), MORE, ids=[panel.build.__name__ for panel, _ in MORE])
def test_every_figure_of_people_calls_a_service_by_its_name(panel: Panel, asked: Any) -> None:
    for query, known in asked:
        said = listed(panel(frame(query, filled(query, **(known | of_services(query)))), NAMED))
        for body in said:
            if isinstance(body, Plot):
                drawn = body.figure.to_dict()
                marks = [words for trace in drawn["data"] for words in trace.pop("customdata")]
                assert ["principal", SERVICE, ""] in marks
                assert CALLED in str(drawn) and SERVICE not in str(drawn) and CALLED in body.alt


@pytest.mark.parametrize("panel", [finops.matrix, finops.moved], ids=lambda panel: panel.build.__name__)
def test_costs_by_owner_call_a_service_by_its_name(panel: Panel) -> None:
    query = "finops.spend_matrix" if panel is finops.matrix else "finops.spend_movers"
    found = grouped("owner")(Frames(frame(query, filled(query, label=SERVICE, group_key=SERVICE))))
    for body in listed(panel(found, NAMED)):
        if isinstance(body, Plot):
            drawn = body.figure.to_dict()
            for trace in drawn["data"]:
                trace.pop("customdata", None)
            assert CALLED in str(drawn) and SERVICE not in str(drawn)
        if isinstance(body, Grid):
            table = replace(body, names=NAMED.names)
            assert [row["label"] for row in table.drawn.to_pylist()] == [CALLED]
            assert table.thing_at("label", 0) == Thing("principal", SERVICE)


def test_the_rest_of_the_owners_is_nobody() -> None:
    query = "finops.owners"
    rows = [filled(query, owner=SERVICE), filled(query, owner="Other"), filled(query, owner=None)]
    plot = one(finops.owners(frame(query, *rows), NAMED), Plot)
    (trace,) = plot.figure.to_dict()["data"]
    assert trace["customdata"] == [["principal", SERVICE, ""], ["", "", ""], ["", "", ""]]
    assert plot.figure.to_dict()["layout"]["yaxis"]["ticktext"] == [CALLED, "Other", "no identity"]


def test_the_address_says_which_group_of_the_treemap_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    query, said = "finops.spend_tree", dict[str, str]()
    monkeypatch.setattr("components.runtime.opened.st.query_params", said)
    rows = frame(query, filled(query, workspace_id="1", product="SQL", resource_kind="warehouse", resource_id="w"))
    plot = one(finops.tree(rows, LOOK), Plot)
    assert plot.on_click is not None
    seen = []
    # In, further in, out of it by its own head, the whole by the way back, and a leaf, which opens its thing instead.
    for part in ("1", "1/SQL", "1/SQL", "%*", "1/SQL/warehouse:w", "no such part"):
        plot.on_click({"id": part})
        seen.append(said.get(plot.within))
    assert seen == ["1", "1/SQL", "1", None, None, None]
    assert opened.asked() == Thing("warehouse", "w", "1")


def test_every_name_in_the_ledger_and_among_earlier_decisions_opens(tmp_path: Path) -> None:
    store = store_at(tmp_path / "store.sqlite", Clock(inbox_store.NOW))
    ids = inbox_store.fill(store)
    with store.reading() as tx:
        entries = search(tx, limit=500)
        found = card(tx, ids["autostop"], inbox_store.ANN)
    acted = {(one.actor_type, thing.kind if (thing := telling.who_acted(one)) else None) for one in entries}
    assert {("agent", "agent"), ("human", "principal")} <= acted
    assert {kind for sort, kind in acted if sort not in ("agent", "human")} <= {None}
    assert {(thing and thing.id) == one.proposal_id for one in entries for thing in [view.acted_on(one)]} == {True}
    columns = view._columns("UTC", entries)
    assert {name for name, one in columns.items() if "Button" in type(one).__name__} == {"who", "about"}
    earlier = who.similar(found.similar, "UTC", inbox_store.NOW)
    assert len(earlier.frame) == len(found.similar) > 0
    opened_by = [earlier.thing_at("Proposal", row) for row in range(len(earlier.frame))]
    assert opened_by == [Thing("proposal", one.proposal_id) for one in found.similar]
