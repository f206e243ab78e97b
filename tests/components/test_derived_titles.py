"""Panels whose frames are worked out from answers, and those made by a function, say in their titles what was found, with a
figure that moves with the data. A new one that says nothing fails."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import components
from agents.detectors.answer_quality import of_agents
from agents.detectors.cost_frames import forecast_frames
from agents.detectors.own_agents import scoreboard
from agents.detectors.token_costs import unit_costs
from approvals.reading.agents_board import COLUMNS
from components import panels as every_panel
from components.panels import (
    access_review,
    access_rules,
    agentops,
    agentops_budgets,
    agentops_costs,
    agentops_quality,
    agentops_today,
    agentops_tools,
    attempts,
    audit,
    become,
    checks,
    cohorts,
    column_lineage,
    cost_centres,
    declared,
    drift,
    drift_model,
    drift_spread,
    failed_runs,
    feature_use,
    governanceops,
    grant_drift,
    infraops_inventory,
    infraops_runtimes,
    infraops_starts,
    infraops_today,
    late_tables,
    lineage,
    lost_tags,
    mlops_gate,
    mlops_requests,
    mlops_skew,
    mlops_versions,
    month_end,
    newcomers,
    night,
    on_time,
    overview,
    personas,
    pipelineops,
    privileges,
    query_patterns,
    reach,
    reach_graph,
    right_consumers,
    root_cause,
    run_totals,
    source_doors,
    sources,
    sources_bill,
    sources_today,
    stronger,
    unused_rights,
    unusual_cost,
    use_tiers,
    userops,
    userops_today,
    value,
    value_by_hand,
    value_decisions,
    value_own,
    value_promises,
)
from components.text.view_context import ViewContext
from components.tiles.findings import LONGEST, finding
from components.tiles.panel import Panel
from components.tiles.tile import Frames
from tests.agents.test_answer_quality import answers
from tests.agents.test_cohorts import FIVE, OLD
from tests.agents.test_skew import OTHER_UNIT
from tests.components.bodies import frame, listed
from tests.components.test_access_review import asking, reviewed
from tests.components.test_access_rules import measured
from tests.components.test_feature_use import features
from tests.components.test_newcomers import joined
from tests.components.test_panels_audit import logged
from tests.components.test_panels_column_lineage import hop, lines
from tests.components.test_panels_dataops import checked, stalled
from tests.components.test_panels_drift import drifted
from tests.components.test_panels_finops import months
from tests.components.test_panels_gate import standing, version
from tests.components.test_panels_governanceops import given, idle, tried, unmasked
from tests.components.test_panels_lineage import frames as lineage_frames
from tests.components.test_panels_night import chain, nightly
from tests.components.test_panels_pipelineops import at, by_day, promises, run
from tests.components.test_panels_quarter import moved
from tests.components.test_panels_reach import handed, manage, reached
from tests.components.test_panels_right_consumers import running
from tests.components.test_panels_root_cause import explained
from tests.components.test_panels_serving import BUSY, QUIET
from tests.components.test_panels_skew import served
from tests.components.test_panels_sources import BILL, looked
from tests.components.test_panels_spread import MOVED as BINNED
from tests.components.test_panels_spread import binned
from tests.components.test_panels_tools import days, tooled
from tests.components.test_panels_value import by_hand, decided, owned, worthy
from tests.components.test_panels_versions import SEEN, beside, pair
from tests.components.test_people_panels import mine, people, stayed
from tests.components.test_query_patterns import patterns
from tests.components.test_same_names import promised
from tests.components.test_titles import DERIVED
from tests.components.test_token_budgets import budgeted
from tests.components.test_unusual_cost import JUDGED, event, events
from tests.components.test_value_promises import held

LOOK = ViewContext()
# Of what somebody may find: a few days, and others.
FEW = promises(run("7", at(1, 6), 30), run("7", at(2, 6), 65), now=at(4))
MANY = promises(*(run(job, at(1, 6), 90) for job in "78"), run("7", at(2, 6), 9), jobs="789", now=at(4))
RUNS = by_day((1, "SUCCEEDED", 5), (2, "FAILED", 1)), by_day((1, "SUCCEEDED", 70), (2, "FAILED", 9))
UPDATES = tuple(
    frame("pipelineops.pipeline_updates", {"day": at(1).date(), "state": "FAILED", "updates": n}) for n in (3, 8)
)
FAILED = tuple(
    frame("pipelineops.failed_lately", *[{"name": "load", "started": at(1), "job_id": str(i)} for i in range(n)])
    for n in (1, 4)
)
CENTRES = tuple(
    frame("finops.spend_matrix", {"group_key": "cc-1", "label": "cc-1", "cost": Decimal(much)}) for much in (5, 70)
)
MONTHS = forecast_frames(months("2026-11-10")), forecast_frames(months("2026-11-20"))
MOVED = drifted("churn"), drifted("fraud", moved=("visits",), fallen=0)
UNUSUAL = tuple(
    {"events": events(*made), "judged": JUDGED}
    for made in ([event(900)], [event(70, resource="1"), event(8, resource="2")])
)
CALLED = tuple(
    {
        **frame("agentops.services", {"service": "bot", "calls": 90, "refused": refused, "refused_before": 0.0}),
        **frame("agentops.runaways"),
        **frame("agentops.indexes"),
        **of_agents(Frames(frame("agentops.judged_answers"))),
    }
    for refused in (0.25, 0.5)
)
ANSWERS = tuple(
    unit_costs(
        frame(
            "agentops.token_costs",
            {"service": "bot", "payee": "PROVIDER", "part": "TOKENS", "unit": "USD", "cost": Decimal(9), "fresh": 1}
            | {"model": "x", "workspace": "prod", "workspace_id": "1", "answers": n, "unbilled": 0, "uncounted": 0}
            | {"cache_write": 0, "cache_read": 0, "output": 0},
        )["token_costs"]
    )
    for n in (300, 900)
)
QUALITY = tuple(
    of_agents(
        Frames(
            {
                **frame("agentops.services", {"service": "bot", "workspace_id": "1"}),
                **frame("agentops.judged_answers", *answers("bot", ("v1", 20, 40, 36), ("v2", 8, 40, passed))),
                **frame(
                    "agentops.failing_answers",
                    {"agent": "bot", "version": "v2", "cause": "JUDGED_WRONG", "failed": passed},
                ),
            }
        )
    )
    for passed in (30, 32)
)
BOARDS = tuple(
    {
        "board": scoreboard(
            pd.DataFrame([["finops.idle", "warehouse.set_autostop", n, 0, n, 0, 1, n, 0, 0.9]], columns=list(COLUMNS)),
            None,
            None,
        )
    }
    for n in (3, 9)
)
LOST = tuple(
    {"hours_lost": frame("userops.hours_lost", {"day": at(2).date(), "cause": "queued", "hours": much})["hours_lost"]}
    for much in (3.0, 7.5)
)

SOURCES = looked(behind={BILL: 40.0}), looked(empty=(BILL,))
STARTS = tuple(
    frame(
        "infraops.warehouse_starts",
        {
            "warehouse": "bi",
            "evidence_days": 30,
            "source_kind": "job",
            "source_id": "7",
            "starts_a_day": much,
            "work_a_day": 60.0,
        }
        | {
            "warehouse_id": "b",
            "workspace_id": "1",
            "tail": 600.0,
            "tail_a_day": Decimal(9),
            "cost_a_day": Decimal(18),
        },
    )
    for much in (3.0, 96.0)
)
CORRECTED = tuple(
    frame(
        "finops.corrections",
        {"usage_date": at(2).date(), "retraction_rows": rows, "restatement_rows": 1, "effect": Decimal(rows)},
    )
    for rows in (3, 60)
)
THERE = tuple(
    frame(
        "infraops.inventory",
        *({"resource_kind": "cluster", "resource_id": str(n), "resource": "etl"} for n in range(count)),
    )
    for count in (1, 4)
)
RUNTIMES = tuple(
    frame(
        "infraops.runtimes",
        *(
            {
                "resource_id": str(n),
                "resource_kind": "cluster",
                "runtime": "10.4.x-scala2.12",
                "monthly_cost": Decimal(9),
                "owner": "a",
            }
            for n in range(count)
        ),
    )
    for count in (1, 4)
)
EMPTY = tuple(
    frame(
        "pipelineops.wrote_nothing",
        *({"name": f"load {n}", "job_id": str(n), "started": at(2), "workspace_id": "1"} for n in range(count)),
    )
    for count in (1, 4)
)
LOST_TAGS = tuple(
    {
        "centre": frame("finops.lost_tags", {"resource": "load", "resource_id": "7", "cost": Decimal(much)})[
            "lost_tags"
        ],
        "team": frame("finops.lost_tags")["lost_tags"],
    }
    for much in (5, 70)
)
PROMISED = promised(("load", "store"), [("1", "7"), ("1", "8")])

LINEAGE = lineage_frames(), lineage_frames("m.s.silver")
LATE = stalled("a"), stalled("a", "b", "c")
FAILED_DAY = {"day": at(2).date(), "failed": 1, "state": "failed", "failing_since": at(2).date()}
CHECKS = tuple(checked(*(FAILED_DAY | {"table_name": str(n)} for n in range(count))) for count in (1, 4))

# What each panel is tried with: how it is made, and two sets of its frames.
TRIED: dict[str, tuple[Panel, tuple[Any, ...]]] = {
    "run_totals.totals": (run_totals.totals, (RUNS[0] | FEW, RUNS[1] | MANY)),
    "run_totals.totals_of": (run_totals.totals_of(at(3).date()), (RUNS[0] | FEW, RUNS[1] | MANY)),
    "on_time.on_time": (on_time.on_time, (FEW, MANY)),
    "on_time.on_time_of": (on_time.on_time_of(on_time.Part("job")), (FEW, MANY)),
    "pipelineops.budget": (pipelineops.budget, (FEW, MANY)),
    "pipelineops.budgets": (pipelineops.budgets, (FEW, MANY)),
    "pipelineops.missed": (pipelineops.missed, (FEW, MANY)),
    "pipelineops.runs_of": (pipelineops.runs_of(at(2).date()), RUNS),
    "pipelineops.updates_of": (pipelineops.updates_of(at(2).date()), UPDATES),
    "pipelineops.wrote_nothing_since": (pipelineops.wrote_nothing_since(at(1).date()), EMPTY),
    "lost_tags.lost_tags": (lost_tags.lost_tags, LOST_TAGS),
    "declared.declared": (declared.declared, ({**PROMISED, "declared": PROMISED["declared"].head(1)}, PROMISED)),
    "failed_runs.failed_runs": (failed_runs.failed_runs("7 days"), FAILED),
    "infraops_today.sentence_of": (infraops_today.sentence_of(at(2).date()), RUNTIMES),
    "infraops_runtimes.runtimes_of": (infraops_runtimes.runtimes_of(at(2).date()), RUNTIMES),
    "infraops_inventory.inventory_of": (infraops_inventory.inventory_of(""), THERE),
    "infraops_starts.warehouse_starts": (infraops_starts.warehouse_starts, STARTS),
    "month_end.forecast": (month_end.forecast, MONTHS),
    "checks.check_days": (checks.check_days, CHECKS),
    "drift.drift_models": (drift.drift_models, MOVED),
    "drift_model.did_it_matter": (drift_model.did_it_matter(drift_model.Chosen()), MOVED),
    "drift_model.columns_of": (drift_model.columns_of(drift_model.Chosen()), MOVED),
    "drift_spread.spread_of": (
        drift_spread.spread_of(drift_model.Chosen()),
        (BINNED, binned("churn", (5, 9), (95, 9))),
    ),
    "drift_model.history_of": (drift_model.history_of(drift_model.Chosen()), MOVED),
    "mlops_versions.versions_since": (
        mlops_versions.versions_since(SEEN),
        (beside(pair("churn", 90)), beside(pair("churn", 9))),
    ),
    "mlops_requests.requests_of": (mlops_requests.requests_of(mlops_requests.Asked()), (BUSY, QUIET)),
    "mlops_requests.tokens_of": (mlops_requests.tokens_of(mlops_requests.Asked()), (BUSY, QUIET)),
    "root_cause.root_cause": (root_cause.root_cause, (explained("RUN_EXECUTION_ERROR"), explained("CLUSTER_ERROR"))),
    "mlops_gate.gate": (mlops_gate.gate, (standing(version()), standing(version(version="8")))),
    "mlops_skew.skew": (
        mlops_skew.skew,
        (served(tenure=OTHER_UNIT), served(tenure=OTHER_UNIT, visits={"nulls_now": 0.3})),
    ),
    "night.night": (night.night, (nightly(*chain()), nightly(*chain(), find="clean"))),
    "late_tables.late_tables": (late_tables.late_tables, LATE),
    "lineage.lineage_of": (lineage.lineage_of("m.s.silver"), LINEAGE),
    "column_lineage.column_lineage_of": (
        column_lineage.column_lineage_of("m.s.gold.total"),
        (lines(), lines(hop("m.s.gold.total", "m.s.mart.all"))),
    ),
    "late_tables.late_causes": (late_tables.late_causes, LATE),
    "overview.month": (overview.month, MONTHS),
    "unusual_cost.anomalies": (unusual_cost.anomalies({}, False), UNUSUAL),
    "unusual_cost.unmarked": (unusual_cost.unmarked, UNUSUAL),
    "privileges.privilege_changes": (
        privileges.privilege_changes,
        (given("ann@x.com"), given("bo@x.com", "ann@x.com")),
    ),
    "grant_drift.grant_drift": (
        grant_drift.grant_drift,
        (
            moved(("came", "ann@x.com", "SELECT")),
            moved(("came", "ann@x.com", "MANAGE"), ("went", "bo@x.com", "SELECT")),
        ),
    ),
    "access_review.access_review": (
        access_review.access_review,
        (reviewed("keep", ""), reviewed("keep", "ask", "", "")),
    ),
    "access_review.review_roster": (
        access_review.review_roster,
        (asking("ann@x.com"), asking("bo@x.com", "ann@x.com")),
    ),
    "unused_rights.unused_rights": (unused_rights.unused_rights, (idle("unused"), idle("unused", "used"))),
    "access_rules.access_rules": (
        access_rules.access_rules,
        (measured(unmasked()), measured(unmasked(), idle("used"))),
    ),
    "become.become": (become.become, (handed("ann@x.com"), handed("ann@x.com", "cy@x.com"))),
    "right_consumers.hit_by": (
        right_consumers.hit_by("main.s"),
        (running("job"), running("job", "dashboard", "table")),
    ),
    "audit.audit": (audit.audit, (logged(DONE=3), logged(DONE=9, DENIED=2))),
    "attempts.attempts": (attempts.attempts, (tried(40), tried(90))),
    "governanceops.today": (governanceops.today, (tried(40), tried(90) | given("ann@x.com"))),
    "reach.paths": (reach.paths, (reached("ann@x.com"), reached("ann@x.com", "bo@x.com"))),
    "stronger.stronger": (stronger.stronger, (manage("bo@x.com"), manage("bo@x.com", "cy@x.com"))),
    "reach_graph.reach_graph": (
        reach_graph.reach_graph,
        (reached("ann@x.com"), reached("ann@x.com", "bo@x.com")),
    ),
    "reach.openness": (reach.openness, (reached("ann@x.com"), reached("account users"))),
    "reach.broad": (reach.broad, (reached("account users"), reached())),
    "cost_centres.by_cost_centre": (cost_centres.by_cost_centre("October 2026"), CENTRES),
    "value.promised": (value.promised, (worthy("a"), worthy("a", "b", after=70))),
    "value.loop": (value.loop, (worthy("a"), worthy("a", "b", "c"))),
    "value_by_hand.by_hand": (value_by_hand.by_hand, (by_hand("a"), by_hand("a", "b"))),
    "value_decisions.decisions": (value_decisions.decisions, (decided("accept"), decided("accept", "reject"))),
    "value_promises.kept": (value_promises.kept, (held("met", "late"), held("met", "met", "late"))),
    "value_own.own_cost": (value_own.own_cost, (owned(3), owned(9))),
    "value.today": (value.today, (worthy("a"), worthy("a", "b", "c"))),
    "agentops_today.today": (agentops_today.today, CALLED),
    "agentops_quality.answer_quality": (agentops_quality.answer_quality, QUALITY),
    "agentops_quality.failing_answers": (agentops_quality.failing_answers, QUALITY),
    "agentops_budgets.token_budgets": (agentops_budgets.token_budgets, (budgeted(26_000_000), budgeted(5_000_000))),
    "agentops_tools.tools": (agentops_tools.tools, (tooled(days(0, 0, 0, 9, 9, 9)), tooled(days(0, 0, 0, 3, 3, 3)))),
    "agentops_costs.answer_costs": (agentops_costs.answer_costs, ANSWERS),
    "sources_bill.restated": (sources_bill.restated, CORRECTED),
    "sources.blind": (sources.blind, SOURCES),
    "source_doors.behind_source": (source_doors.behind_source(""), (looked(), looked(empty=("system.lakeflow.jobs",)))),
    "sources.late": (sources.late, SOURCES),
    "sources_today.today": (sources_today.today, SOURCES),
    "agentops.board": (agentops.board, BOARDS),
    "query_patterns.query_patterns": (query_patterns.query_patterns, (patterns(0.1), patterns(0.4))),
    "feature_use.feature_months": (feature_use.feature_months, (features(8, 0), features(9, 4))),
    "feature_use.team_features": (feature_use.team_features, (features(8, 0), features(8, 7))),
    "personas.personas": (personas.personas, (people("sql", "jobs"), people("sql", "sql", "jobs"))),
    "personas.my_persona": (personas.my_persona, (mine(sql=20), mine(sql=9))),
    "use_tiers.use_tiers": (use_tiers.use_tiers, (stayed(OLD, *FIVE), stayed(OLD, *FIVE[:4]))),
    "cohorts.cohorts": (cohorts.cohorts, (stayed(OLD, *FIVE), stayed(OLD, *FIVE[:3]))),
    "newcomers.newcomers": (newcomers.newcomers, (joined(2, 9), joined(9, 9))),
    "userops.lost": (userops.lost((Decimal(95), "USD")), LOST),
    "userops_today.sentence_of": (userops_today.sentence_of(None, at(2).date()), LOST),
}
ELSEWHERE = {"unusual_cost.card"}  # of one event: see the tests of unusual cost
FIGURES = {
    "sunburst",
    "stacked",
    "ranked",
    "pareto",
    "treemap",
    "waterfall",
    "multiples",
    "lines",
    "event_lanes",
    "band",
    "fan",
    "sla_heatmap",
    "decision_map",
    "week",
    "paired",
    "survival",
    "cells",
    "progress",
}
SAYS = {"Finding", "flow", "scatter", "Note", "sentence", "decisions", "said_of", "with_changes", *FIGURES}


def found_in(panel: Panel, frames: Any) -> str:
    said = finding(listed(panel(Frames(frames), LOOK)), [])
    assert said is not None, panel.title
    return said.text


@pytest.mark.parametrize("name", TRIED)
def test_the_title_has_a_figure_and_moves_with_what_was_found(name: str) -> None:
    panel, frames = TRIED[name]
    titles = [found_in(panel, one) for one in frames]
    for title in titles:
        assert re.search(r"\d", title) and len(title) <= LONGEST + 20, title
    assert titles[0] != titles[1]


def modules() -> Iterator[Any]:
    for one in pkgutil.iter_modules(every_panel.__path__):
        yield importlib.import_module(f"components.panels.{one.name}")


def test_every_panel_that_is_derived_or_made_by_a_function_is_tried() -> None:
    wanted = set()
    for module in modules():
        short = module.__name__.rsplit(".", 1)[-1]
        for name, one in vars(module).items():
            made = inspect.isfunction(one) and one.__module__ == module.__name__
            if made and inspect.signature(one).return_annotation == "Panel" and not name.startswith("_"):
                wanted.add(f"{short}.{name}")
            if isinstance(one, Panel) and one.build.__module__ == module.__name__ and one.build.__name__ in DERIVED:
                wanted.add(f"{short}.{name}")
    assert {name for name in wanted if not name.startswith("finops.")} - TRIED.keys() - ELSEWHERE == set()


def builders() -> list[tuple[str, set[str]]]:
    """Every builder of a panel in the components, and what it calls, by itself or through functions of its file."""
    found = []
    for path in sorted(Path(components.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        for name, node in functions.items():
            if any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "panel" for one in node.decorator_list):
                found.append((f"{path.stem}.{name}", called(node, functions)))
    return found


def called(node: ast.AST, functions: dict[str, ast.FunctionDef]) -> set[str]:
    seen: set[str] = set()
    open_ = [node]
    while open_:
        for call in ast.walk(open_.pop()):
            name = getattr(getattr(call, "func", None), "id", "")
            if name and name not in seen:
                seen.add(name)
                open_ += [functions[name]] if name in functions else []
    return seen


@pytest.mark.parametrize(("name", "calls"), [pytest.param(*one, id=one[0]) for one in builders()])
def test_no_panel_has_a_label_alone(name: str, calls: set[str]) -> None:
    assert calls & SAYS, f"{name} says nothing of what it found"


def test_a_panel_that_only_shows_a_table_would_be_seen() -> None:
    node = ast.parse("def quiet(frames, look):\n    return Grid(frames['a'], {})").body[0]
    assert not called(node, {}) & SAYS
