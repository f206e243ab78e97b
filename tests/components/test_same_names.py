"""Two things of one name are two on every panel and in every control: never added up, never dropped, told apart by what
identifies them."""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import pkgutil
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import components
from agents.detectors.matched import compared
from agents.detectors.query_gains import gained
from approvals.deciding import deadlines
from components import panels as every_panel
from components.frame.filter_bar import _labels
from components.panels import (
    agentops_indexes,
    agentops_registry,
    become,
    changes,
    chargeback,
    declared,
    durations,
    failed_runs,
    finops,
    infraops,
    infraops_clusters,
    infraops_inventory,
    infraops_rules,
    infraops_runtimes,
    infraops_serverless,
    infraops_starts,
    lost_tags,
    mlops,
    mlops_requests,
    mlops_serving,
    mlops_versions,
    on_time,
    pipelineops,
    query_patterns,
    right_consumers,
    savings_list,
    table_use,
    unusual_cost,
    userops,
)
from components.text.names import short, told_apart, words_for
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Finding, Grid, Plot
from queries.catalogue import catalogue
from queries.kinds import COLUMNS, EXACT
from settings import ROOT
from tests.components.bodies import frame, listed

LOOK = ViewContext()
DAY = dt.date(2026, 11, 2)
FILLED: Mapping[str, Any] = {
    "text": "said", "code": "said", "spelling": "said", "texts": ["said"], "flag": True, "date": DAY,
    "count": 3, "bytes": 3, "tokens": 3,
    "time": dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC),
}  # fmt: skip
# Two names as people read them: the same; what differs is not seen; what differs comes after a long beginning.
NAMES = [
    ("load", "load"),
    ("caf\u00e9", "cafe\u0301"),
    ("load", "lo\u200bad"),
    ("load", " load "),
    ("x" * 90 + "a", "x" * 90 + "b"),
]
# What identifies two things of one name: two places, two things in one place, and both at once.
IDS = [[("1", "7"), ("2", "7")], [("1", "7"), ("1", "8")], [("1", "7"), ("2", "8")],
       [("1234567890123456", "901234567890123"), ("1234567890123457", "901234567890123")]]  # fmt: skip


def filled(query: str, **known: Any) -> dict[str, Any]:
    """A row of ``query`` that holds something in every column."""
    columns = catalogue()[query].columns
    assert set(known) <= set(columns), sorted(set(known) - set(columns))
    exact = {name: Decimal(3) if COLUMNS[kind] == EXACT else 3.0 for name, kind in columns.items()}
    return exact | {name: FILLED[kind] for name, kind in columns.items() if kind in FILLED} | known


def two(query: str, name: str, key: str, names: tuple[str, str], ids: list[tuple[str, str]], **known: Any) -> Any:
    rows = [
        filled(query, **(known | {name: called, "workspace_id": place, key: one}))
        for called, (place, one) in zip(names, ids, strict=True)
    ]
    return frame(query, *rows)


def days(names: tuple[str, str], ids: list[tuple[str, str]], state: str) -> dict[str, pd.DataFrame]:
    rows = [
        {
            "workspace_id": place,
            "job_id": job,
            "key": f"{place}/{job}",
            "name": name,
            "day": DAY,
            "state": state,
            "due": FILLED["time"],
            "ended": FILLED["time"],
            "minutes_late": 5.0,
            "source": "learned",
            "run_id": "9",
        }
        for name, (place, job) in zip(names, ids, strict=True)
    ]
    budget = [row | {"promised": 1, "kept": 0, "missed": 1, "allowed": 0.05, "left": -0.95} for row in rows]
    return {"days": pd.DataFrame(rows), "budget": pd.DataFrame(budget)}


def promised(names: tuple[str, str], ids: list[tuple[str, str]]) -> Any:
    jobs = two("pipelineops.job_schedules", "name", "job_id", names, ids)
    rows = [deadlines.Deadline(place, job, "06:30", "UTC", "ann@example.com", FILLED["time"]) for place, job in ids]
    return jobs | {"declared": pd.DataFrame([vars(row) for row in rows])}


def events(names: tuple[str, str], ids: list[tuple[str, str]]) -> dict[str, pd.DataFrame]:
    rows = [
        {
            "day": DAY,
            "last_day": DAY,
            "days": (DAY,),
            "kind": "spike",
            "place": f"ws · JOBS · {name}",
            "workspace_id": place,
            "product": "JOBS",
            "resource_id": one,
            "place_kind": "job",
            "place_id": one,
            "cost": 9.0,
            "expected": 3.0,
            "excess": 6.0 / 100**at,
            "p": 0.001,
        }
        for at, (name, (place, one)) in enumerate(zip(("large", *names), [("1", "0"), *ids], strict=True))
    ]
    return {"events": pd.DataFrame(rows), "judged": pd.DataFrame([{"days": 30, "series": 4}])}


def keyed(query: str, names: tuple[str, str], ids: list[tuple[str, str]]) -> Any:
    """Rows of a question that puts its group and the group's name in two columns."""
    period = {"period": DAY} if "period" in catalogue()[query].columns else {}
    return frame(
        query,
        *(filled(query, label=n, group_key="/".join(i), **period) for n, i in zip(names, ids, strict=True)),
    )


def lost(names: tuple[str, str], ids: list[tuple[str, str]]) -> Any:
    rows = two("finops.lost_tags", "resource", "resource_id", names, ids, resource_kind="job")["lost_tags"]
    return {"centre": rows, "team": rows.head(0)}


def newer(names: tuple[str, str], ids: list[tuple[str, str]]) -> Any:
    rows = two("mlops.versions_matched", "endpoint", "endpoint_id", names, ids)["versions_matched"]
    return {"compared": compared(rows)}


def asked_of(names: tuple[str, str], ids: list[tuple[str, str]], **known: Any) -> Any:
    """Requests of two endpoints, and of all."""
    rows = two("mlops.requests_by_day", "endpoint", "endpoint_id", names, ids, **known)["requests_by_day"]
    whole = rows.head(1).assign(workspace_id=None, endpoint_id=None, endpoint=None)
    return {"requests_by_day": pd.concat([rows, whole], ignore_index=True)}


def by_jobs(names: tuple[str, str], ids: list[tuple[str, str]]) -> Any:
    """Two jobs by which somebody can become more."""
    rows = two("governanceops.job_hands", "name", "job_id", names, ids)["job_hands"]
    known = pd.DataFrame([{"grants": 9, "groups": 1, "known": 1, "unknown": ""}])
    return {"job_hands": rows, "become": rows.assign(objects=3, propose=None), "coverage": known}


JOB = [
    (durations.running, "running_now"), (durations.slower, "duration_regression"), (pipelineops.repairs, "repairs"),
    (pipelineops.failing, "never_succeeded"), (pipelineops.success, "success_by_job"), (pipelineops.job_costs, "job_costs"),
    (pipelineops.all_purpose, "all_purpose_jobs"), (durations.durations, "duration_by_day"),
    (durations.phases, "phases"), (pipelineops.failure_cost, "failure_cost"), (failed_runs.lately, "failed_lately"),
]  # fmt: skip
Frames = Callable[[tuple[str, str], list[tuple[str, str]]], Any]
CASES: list[tuple[Panel, Frames]] = [
    *((panel, partial(two, f"pipelineops.{query}", "name", "job_id")) for panel, query in JOB),
    (pipelineops.failing_pipelines, partial(two, "pipelineops.failing_pipelines", "name", "pipeline_id")),
    (lost_tags.lost_tags, lost),
    (table_use.unread, partial(two, "dataops.unread", "writer", "writer_id", writer_kind="job", tables=9)),
    (on_time.on_time, partial(days, state="late")),
    (pipelineops.missed, partial(days, state="late")),
    (pipelineops.budgets, partial(days, state="late")),
    (pipelineops.all_purpose, partial(two, "pipelineops.all_purpose_jobs", "cluster", "cluster_id", job_id="1")),
    (declared.declared, promised),
    (finops.tree, partial(two, "finops.spend_tree", "resource", "resource_id", resource_kind="job", product="JOBS")),
    (finops.matrix, partial(keyed, "finops.spend_matrix")),
    (finops.moved, partial(keyed, "finops.spend_movers")),
    (unusual_cost.unmarked, events),
    (chargeback.warehouses, partial(two, "finops.warehouse_idle", "warehouse", "warehouse_id")),
    (
        chargeback.clusters,
        partial(two, "finops.cluster_share", "cluster", "cluster_id", part="job", job="a", job_id="1"),
    ),
    (chargeback.clusters, partial(two, "finops.cluster_share", "job", "job_id", part="job", cluster_id="1")),
    (savings_list.savings, partial(two, "finops.savings_failed_runs", "resource", "resource_id", resource_kind="job")),
    (infraops.idle_and_waits, partial(two, "infraops.idle_and_waits", "warehouse", "warehouse_id")),
    (
        infraops_rules.rules,
        partial(two, "infraops.rules", "resource", "resource_id", resource_kind="cluster", result="failed"),
    ),
    (
        infraops_starts.warehouse_starts,
        partial(two, "infraops.warehouse_starts", "warehouse", "warehouse_id", source_kind="job"),
    ),
    (
        infraops_serverless.serverless,
        partial(
            two, "infraops.serverless_candidates", "resource", "resource_id", resource_kind="job", verdict="CANDIDATE"
        ),
    ),
    (infraops_inventory.compute_changes, partial(two, "infraops.compute_changes", "name", "thing_id", kind="cluster")),
    (infraops_clusters.idle_clusters, partial(two, "infraops.idle_clusters", "cluster", "cluster_id")),
    (infraops_clusters.cluster_use, partial(two, "infraops.cluster_use", "cluster", "cluster_id", role="workers")),
    (mlops.endpoints, partial(two, "mlops.endpoints", "endpoint", "endpoint_id")),
    (mlops_serving.served, partial(two, "mlops.served_entities", "endpoint", "endpoint_id")),
    (agentops_registry.registry, partial(two, "agentops.registry", "name", "thing_id", family="endpoint")),
    (agentops_indexes.indexes, partial(two, "agentops.indexes", "index_name", "index_id", freshness="BEHIND")),
    (userops.waits_by_warehouse, partial(two, "userops.waits_by_warehouse", "warehouse", "warehouse_id")),
    (
        query_patterns.query_patterns,
        lambda names, ids: gained(
            two("userops.query_patterns", "warehouse", "warehouse_id", names, ids, days=["2026-01-01 3"])
        ),
    ),
    (changes.between, partial(two, "pipelineops.run_changes", "name", "thing_id", kind="job")),
    (become.become, by_jobs),
    (changes.changes, partial(two, "overview.changes", "name", "thing_id", kind="job")),
]
MADE: list[tuple[Panel, Frames]] = [  # by a function
    (
        right_consumers.hit_by("main.s"),
        partial(two, "platform.right_consumers", "consumer", "consumer_id", consumer_kind="job"),
    ),
    (mlops_versions.versions_since(FILLED["time"]), newer),
    (mlops_requests.requests_of(mlops_requests.Asked("")), partial(asked_of, counted=9)),
    (mlops_requests.tokens_of(mlops_requests.Asked("")), partial(asked_of, counted=9)),
    (pipelineops.wrote_nothing_since(DAY), partial(two, "pipelineops.wrote_nothing", "name", "job_id")),
    (
        infraops_inventory.inventory_of(""),
        partial(two, "infraops.inventory", "resource", "resource_id", resource_kind="cluster", deleted=None),
    ),
    (
        infraops_runtimes.runtimes_of(DAY),
        partial(two, "infraops.runtimes", "resource", "resource_id", resource_kind="cluster"),
    ),
]
NO_THINGS = {
    "totals", "per_day", "forecast", "prices", "owners", "reconciliation", "untagged", "tag_variants", "warehouse_users",
    "unpriced", "corrections", "discounts", "currencies", "budget", "runs", "codes", "updates", "compare", "tasks",
    "month", "paths", "openness", "broad", "grants", "privilege_changes", "grant_drift", "attempts", "audit", "sensitive",
    "access_rules", "reach_graph",
    "access_review", "review_roster", "stronger",
    "promised", "loop", "decisions", "by_hand",
    "unprotected", "today", "unused_rights", "services", "runaways", "tokens_by_day", "board", "hours_lost", "waits_by_hour",
    "repeated_errors", "stuck_people", "costly_habits", "active_people", "inactive_people", "my_waits", "my_errors",
    "task_times", "night", "root_cause", "job_owners", "inventory", "ages", "row_volumes",
    "skew", "gate",
    "late_tables", "late_causes", "check_days", "unwatched", "drift_models", "gone_columns", "blind", "late", "own_questions",
    "restated",
    "answer_quality", "failing_answers", "answer_costs", "token_budgets", "tools", "governed", "coding_callers", "sessions",
    "training", "serving_cost",
    "slow_sources", "newcomers", "own_cost", "feature_months", "team_features",
    "personas", "my_persona", "cohorts", "use_tiers", "kept",
}  # fmt: skip
# Sums, products, SKUs, days, tasks of one run, tables, models and services, which are their names, and people, who
# are what they sign in as.


def shown(body: Any) -> Iterator[list[str]]:
    """The names on a body, each list with no two alike: of its series, its axis, its rows."""
    if isinstance(body, Plot):
        drawn = body.figure.to_dict()
        for trace in drawn["data"]:
            if trace["type"] == "treemap":
                called = dict(zip(trace["ids"], trace["labels"], strict=True))
                yield [
                    " > ".join(called["/".join(one.split("/")[: n + 1])] for n in range(one.count("/") + 1))
                    for one in called
                ]
        ticks = drawn["layout"].get("yaxis", {}).get("ticktext") or drawn["layout"].get("xaxis", {}).get("ticktext")
        axis = drawn["layout"].get("xaxis", {})
        yield list(ticks or [axis.get("labelalias", {}).get(one, one) for one in axis.get("categoryarray", ())])
        yield [trace["name"] for trace in drawn["data"] if "name" in trace]
        yield [note["text"] for note in drawn["layout"].get("annotations", ())]
    elif isinstance(body, Grid):
        texts = [name for name, (_, kind) in body.columns.items() if kind in ("text", "spelling")]
        yield [repr([row[name] for name in texts]) for row in body.drawn.to_pylist()]


@pytest.mark.parametrize(("panel", "frames"), [*CASES, *MADE], ids=lambda one: getattr(one, "title", ""))
def test_two_things_of_one_name_are_two_on_every_panel(panel: Panel, frames: Frames) -> None:
    for names in NAMES:
        for ids in IDS:
            lists = [found for body in listed(panel(frames(names, ids), LOOK)) for found in shown(body)]
            assert any(len(found) >= 2 for found in lists), lists  # somewhere both are seen
            assert all(len(found) == len(set(found)) for found in lists), lists


def test_every_panel_is_thought_of() -> None:
    found = {
        one.build.__name__
        for module in pkgutil.iter_modules(every_panel.__path__)
        for one in vars(importlib.import_module(f"components.panels.{module.name}")).values()
        if isinstance(one, Panel)
    }
    assert found == {panel.build.__name__ for panel, _ in CASES} | NO_THINGS


def test_two_workspaces_of_one_name_are_two() -> None:
    frames = two("finops.savings_failed_runs", "resource", "resource_id", ("load", "load"), [("1", "7"), ("2", "7")])
    grid = next(one for one in listed(savings_list.savings(frames, LOOK)) if isinstance(one, Grid))
    assert len(set(grid.frame["workspace"])) == 2
    rows = pd.DataFrame({"workspace_id": ["1", "2", "3"], "workspace_name": ["prod", "pr\u200bod", None]})
    labels = _labels(rows)
    called = words_for(labels, lambda one: labels[one])
    assert [called(one) for one in ("1", "2", "3")] == ["prod · 1", "prod · 2", "3"]


def test_who_is_called_as_a_part_of_the_cost_is_not_it() -> None:
    rows = [
        filled("finops.warehouse_share", executed_by=who, part=part, source=None)
        for who, part in [("idle", "work"), (None, "idle"), (None, "unattributed")]
    ]
    drawn = listed(chargeback.warehouse_users(frame("finops.warehouse_share", *rows), LOOK))
    assert isinstance(drawn[0], Finding) and drawn[0].text.endswith(" ran idle")
    assert sorted(next(shown(drawn[1]))) == ["“idle”"]


def test_things_without_a_name_are_not_lost_and_the_rest_keeps_its_own() -> None:
    names = pd.Series([None, None, "other jobs", "other jobs", "\u200b"])
    places, jobs = pd.Series(["1", "1", None, "2", "2"]), pd.Series(["7", "8", None, "7", "8"])
    assert told_apart(names, places, jobs).tolist() == [
        "no name · 7",
        "no name · 8",
        "other jobs",
        "other jobs · 2",
        "no name · 2",
    ]


def test_a_name_and_its_mark_never_meet() -> None:
    """Random names, some of which look like another one with its identifier behind it."""
    chance = random.Random(11)
    for _ in range(300):
        things = {(chance.choice("12"), chance.choice("789")) for _ in range(5)}
        called = {
            one: chance.choice(["load", "load · 1", "load · 7", "load · 1/7", "lo\u200bad", "", "LOAD"])
            for one in things
        }
        rows = pd.DataFrame([(*one, name) for one, name in called.items() for _ in range(2)], columns=["w", "j", "n"])
        told = told_apart(rows["n"], rows["w"], rows["j"])
        assert told.groupby(rows["w"] + rows["j"]).nunique().eq(1).all()  # one thing, one name
        assert told.nunique() == len(things), (called, told.tolist())
        assert len(set(short(list(called.values()), 6))) == len(things)
        words = words_for(called, called.__getitem__, 12)
        assert len({words(one) for one in called}) == len(things)


def test_a_control_is_asked_for_what_it_shows() -> None:
    jobs = [("1", "7", "load"), ("2", "7", "load"), ("1", "9", "x" * 100 + "a"), ("1", "9", "x" * 100 + "b")]
    words = words_for(jobs, lambda job: job[2], key=lambda job: job[0])
    assert [words(job) for job in jobs[:2]] == ["load · 1", "load · 2"]
    assert len({words(job) for job in jobs}) == 4
    assert words(("5", "5", "gone")) == "gone"


OURS = {"safe", "plain"}


def test_foreign_text_in_a_control_goes_through_words_for() -> None:
    """A browser sends back the words of an option, and Streamlit takes the first option that has them."""
    for path in [*Path(components.__path__[0]).rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "format_func":
                used = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
                assert not (used & OURS) or "words_for" in used, f"{path.name}:{node.value.lineno}"
                assert not isinstance(node.value, ast.Name), f"{path.name}:{node.value.lineno}"
