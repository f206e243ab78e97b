"""Every panel's title says what was found with its figure, and the figure is in the frames; of nothing it says over what.
Foreign names in a title are harmless, and a title is short."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import random
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from components import panels as every_panel
from components.panels import (
    agentops,
    agentops_governed,
    agentops_indexes,
    agentops_registry,
    agentops_sessions,
    changes,
    chargeback,
    checks,
    durations,
    failed_runs,
    finops,
    infraops,
    infraops_clusters,
    infraops_inventory,
    infraops_rules,
    infraops_serverless,
    job_owners,
    mlops,
    mlops_serving,
    mlops_training,
    pipelineops,
    reach,
    run_times,
    runs,
    savings_list,
    sensitive,
    slow_sources,
    sources_cost,
    table_stock,
    table_use,
    userops,
)
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.answers import outcome
from components.tiles.bodies import _TONES
from components.tiles.covered import NOTHING_READ, READ
from components.tiles.findings import LONGEST, finding
from components.tiles.panel import Panel
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot, Tile
from queries.catalogue import catalogue
from queries.kinds import COLUMNS, EXACT
from tests.components.bodies import listed
from tests.components.reading import NOW, rows
from warehouse.coverage import Coverage
from warehouse.interface import Answer, Ask

LOOK, WHOLE = ViewContext(), Coverage()
PERIOD = {"start": dt.date(2026, 10, 21), "end": dt.date(2026, 11, 20)}
DAY = dt.date(2026, 11, 2)
EVIL = "[x](http://evil) <b>$9\u202e &{}* " + "y" * 90
ASKED: list[tuple[Panel, tuple[str, ...]]] = [
    (finops.totals, ("finops.spend_total", "finops.spend_tree", "finops.spend_by_day")),
    (finops.tree, ("finops.spend_tree",)), (finops.per_day, ("finops.spend_by_day",)),
    (finops.matrix, ("finops.spend_matrix",)), (finops.moved, ("finops.spend_movers",)),
    (finops.prices, ("finops.price_changes",)), (finops.owners, ("finops.owners",)),
    (chargeback.reconciliation, ("finops.reconciliation", "finops.bill_by_month")),
    (chargeback.untagged, ("finops.untagged",)), (chargeback.tag_variants, ("finops.tag_variants",)),
    (chargeback.warehouses, ("finops.warehouse_idle",)), (chargeback.warehouse_users, ("finops.warehouse_share",)),
    (chargeback.clusters, ("finops.cluster_share",)), (savings_list.savings, ("finops.savings_failed_runs",)),
    (chargeback.unpriced, ("finops.unpriced",)), (chargeback.corrections, ("finops.corrections",)),
    (chargeback.discounts, ("finops.discounts",)), (chargeback.currencies, ("finops.currencies",)),
    (changes.changes, ("overview.changes",)), (failed_runs.lately, ("pipelineops.failed_lately",)),
    (changes.between, ("pipelineops.run_changes",)),
    (runs.compare, ("pipelineops.run_compare",)), (runs.tasks, ("pipelineops.run_tasks",)),
    (durations.running, ("pipelineops.running_now",)), (durations.slower, ("pipelineops.duration_regression",)),
    (durations.durations, ("pipelineops.duration_by_day",)), (durations.phases, ("pipelineops.phases",)),
    (pipelineops.runs, ("pipelineops.runs_by_day",)), (pipelineops.codes, ("pipelineops.termination_codes",)),
    (pipelineops.failure_cost, ("pipelineops.failure_cost",)), (pipelineops.repairs, ("pipelineops.repairs",)),
    (pipelineops.failing, ("pipelineops.never_succeeded",)), (pipelineops.success, ("pipelineops.success_by_job",)),
    (pipelineops.job_costs, ("pipelineops.job_costs",)), (pipelineops.all_purpose, ("pipelineops.all_purpose_jobs",)),
    (pipelineops.updates, ("pipelineops.pipeline_updates",)),
    (pipelineops.failing_pipelines, ("pipelineops.failing_pipelines",)),
    (checks.unwatched, ("dataops.unwatched",)), (table_use.unread, ("dataops.unread",)),
    (table_use.gone_columns, ("dataops.gone_columns",)), (run_times.task_times, ("pipelineops.task_times",)), 
    (job_owners.job_owners, ("pipelineops.job_owners",)),
    (table_stock.inventory, ("dataops.table_inventory",)),
    (table_stock.ages, ("dataops.freshness",)), (table_stock.row_volumes, ("dataops.row_volumes",)),
    (infraops.idle_and_waits, ("infraops.idle_and_waits",)),
    (userops.hours_lost, ("userops.hours_lost",)), (userops.waits_by_hour, ("userops.waits_by_hour",)),
    (userops.waits_by_warehouse, ("userops.waits_by_warehouse",)), (userops.repeated_errors, ("userops.repeated_errors",)),
    (userops.stuck_people, ("userops.stuck_people",)), (userops.costly_habits, ("userops.costly_habits",)),
    (userops.active_people, ("userops.active_people",)), (userops.inactive_people, ("userops.inactive_people",)),
    (mlops.endpoints, ("mlops.endpoints",)), (mlops_training.training, ("mlops.training",)),
    (mlops_serving.served, ("mlops.served_entities",)), (mlops_serving.serving_cost, ("mlops.serving_cost",)),
    (agentops.services, ("agentops.services",)), (agentops.runaways, ("agentops.runaways",)),
    (agentops.tokens_by_day, ("agentops.tokens_by_day",)),
    (agentops_sessions.sessions, ("agentops.sessions",)),
    (agentops_registry.registry, ("agentops.registry",)), (agentops_indexes.indexes, ("agentops.indexes",)),
    (sources_cost.own_questions, ("platform.own_questions",)),
    (agentops_governed.coding_callers, ("agentops.coding_callers",)),
    (agentops_governed.governed, ("agentops.governed_calls",)),
    (slow_sources.slow_sources, ("userops.slow_sources",)),
    (userops.my_waits, ("userops.my_waits",)), (userops.my_errors, ("userops.my_errors",)),
    (infraops_inventory.compute_changes, ("infraops.compute_changes",)),
    (infraops_rules.rules, ("infraops.rules",)), (infraops_clusters.idle_clusters, ("infraops.idle_clusters",)),
    (infraops_clusters.cluster_use, ("infraops.cluster_use",)),
    (infraops_serverless.serverless, ("infraops.serverless_candidates",)),
    (reach.grants, ("governanceops.grants",)), (sensitive.sensitive, ("governanceops.sensitive_columns",)),
    (sensitive.unprotected, ("governanceops.sensitive_columns",)),
]  # fmt: skip
DERIVED = {
    "tools",
    "token_budgets",
    "answer_quality",
    "failing_answers",
    "restated",
    "warehouse_starts",
    "answer_costs",
    "blind",
    "query_patterns",
    "newcomers",
    "feature_months",
    "team_features",
    "personas",
    "my_persona",
    "cohorts",
    "use_tiers",
    "kept",
    "own_cost",
    "late",
    "promised",
    "decisions",
    "by_hand",
    "loop",
    "drift_models",
    "skew",
    "gate",
    "late_tables",
    "late_causes",
    "root_cause",
    "night",
    "lineage",
    "today",
    "board",
    "check_days",
    "declared",
    "anomalies",
    "forecast",
    "month",
    "totals",
    "on_time",
    "budget",
    "budgets",
    "missed",
    "paths",
    "reach_graph",
    "openness",
    "broad",
    "privilege_changes",
    "grant_drift",
    "stronger",
    "access_review",
    "review_roster",
    "attempts",
    "audit",
    "become",
    "access_rules",
    "unused_rights",
    "lost_tags",
}  # have frames of their own
# Words of ours with a figure that is no finding: the windows and limits that the panels name.
FIXED = re.compile(
    r"last 24 hours|1 in 20|8 of 10|than 1 day|keep 365|needs 49|80%|1\.3 times|\d{1,2} [A-Z][a-z]{2}( \d{4})?|10 good|30 days"
    r"|\d\d:00|last 7 days|for (90|100) days"
)


def named(panel: Panel) -> str:
    return f"{panel.build.__module__.rsplit('.', 1)[-1]}.{panel.build.__name__}"


def value(kind: str, chance: random.Random, name: str, row: int) -> Any:
    if COLUMNS[kind] == EXACT:
        return Decimal(chance.randrange(100, 900_000)) / 100
    return {
        "text": name,
        "code": name,
        "spelling": f"{name}{'' if row else ' '}",
        "texts": [name],
        "flag": bool(row % 2),
        "date": DAY + dt.timedelta(days=row),
        "time": NOW - dt.timedelta(hours=row),
        "count": chance.randrange(1, 5000),
        "ratio": 0.2 + row / 10,
        "share": 0.2 + row / 10,
    }.get(kind, float(chance.randrange(90, 90_000)) if COLUMNS[kind] != COLUMNS["count"] else chance.randrange(1, 5000))


def answers(panel: Panel, queries: tuple[str, ...], seed: int, name: str, coverage: Coverage) -> list[Answer]:
    """Three rows of each question, none where ``seed`` is 0."""
    chance = random.Random(seed)
    made = []
    for query in queries:
        columns = catalogue()[query].columns
        values = [
            {column: value(kind, chance, f"{name} {'abc'[row]}", row) for column, kind in columns.items()}
            for row in range(3 if seed else 0)
        ]
        if query == "pipelineops.run_compare":
            values = [one | {"which": which} for one, which in zip(values, ("this", "good"), strict=False)]
        if "previous_cost" in columns and "change" in columns:
            values = [one | {"change": one["cost"] - one["previous_cost"]} for one in values]
        made.append(
            Answer(Ask(query, tuple(PERIOD.items())), "fresh", rows(query, values), NOW, 0.1, None, (), coverage)
        )
    return made


def title(
    panel: Panel, queries: tuple[str, ...], seed: int, name: str = "lovely", coverage: Coverage = WHOLE
) -> tuple[Finding | None, list[Answer]]:
    said = answers(panel, queries, seed, name, coverage)
    tile = panel.tile(*(one.ask for one in said))
    drawn = outcome(tile, said, LOOK)
    assert drawn.face == "ready", (panel.title, drawn)
    return drawn.found, said


def amounts(frames: list[pd.DataFrame]) -> Iterator[float]:
    """The figures of the frames: cells, sums of columns and of groups, how many rows and how many different ones."""
    for frame in frames:
        yield from (len(frame), 14, 12)  # facts of a run
        for column in map(str, frame):
            cells = frame[column].map(lambda cell: cell if pd.api.types.is_scalar(cell) else str(cell))
            yield cells.nunique()
            yield from cells.value_counts()
            if (numbers := pd.to_numeric(cells.astype(str), errors="coerce")).notna().any():
                yield from (*numbers, numbers.sum(), numbers.max())
                yield from frame.assign(n=numbers).groupby("usage_date" if "usage_date" in frame else column)["n"].sum()


def figures(frames: list[pd.DataFrame]) -> set[str]:
    """The figures as they are written, and the shares of each in each."""
    known = {float(one) for one in amounts(frames) if fmt.known(one)}
    said: set[str] = set()
    for one in known | {0.0}:
        said |= {
            fmt.money(abs(one)),
            fmt.number(one),
            f"{one:,.0f}",
            fmt.duration(one),
            fmt.duration(one * 3600),
            fmt.duration(one * 86400),
            fmt.percent(one),
        }
    for share in {a / b for a in known for b in known if b}:
        said |= {f"{share:.1%}".replace(".0%", "%"), f"{share:.0%}", fmt.change(share - 1)}
    return {figure for text in said for figure in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


@pytest.mark.parametrize(("panel", "queries"), ASKED, ids=lambda one: named(one) if isinstance(one, Panel) else "")
def test_a_title_says_a_figure_that_is_in_the_frames(panel: Panel, queries: tuple[str, ...]) -> None:
    for seed in (1, 2):
        found, said = title(panel, queries, seed)
        assert found is not None, panel.title
        spoken = re.findall(r"\d[\d,]*(?:\.\d+)?", FIXED.sub("", found.text))
        assert re.search(r"\d", found.text), found.text
        assert len(found.text) <= LONGEST, found.text
        if panel in (savings_list.savings, durations.phases, pipelineops.repairs, run_times.task_times):
            continue  # sums over frames that the panel makes itself: see their own tests
        known = figures([one.table.to_pandas() for one in said if one.table is not None])
        assert not [figure for figure in spoken if figure not in known], (found.text, known)


@pytest.mark.parametrize(("panel", "queries"), ASKED, ids=lambda one: named(one) if isinstance(one, Panel) else "")
def test_of_nothing_a_title_says_over_what(panel: Panel, queries: tuple[str, ...]) -> None:
    found, _ = title(panel, queries, 0)
    assert found is not None and re.search(r"\d", found.text), (panel.title, found)
    assert len(found.text) <= LONGEST, found.text


@pytest.mark.parametrize(("panel", "queries"), ASKED, ids=lambda one: named(one) if isinstance(one, Panel) else "")
def test_of_a_part_a_title_says_less(panel: Panel, queries: tuple[str, ...]) -> None:
    for seed in (0, 1):
        found, _ = title(panel, queries, seed, coverage=Coverage(gaps=("Some days are not in it.",)))
        assert found is not None and found.text.startswith((READ, NOTHING_READ)), (panel.title, found)


@pytest.mark.parametrize(("panel", "queries"), ASKED, ids=lambda one: named(one) if isinstance(one, Panel) else "")
def test_foreign_names_make_no_title_long_or_dangerous(panel: Panel, queries: tuple[str, ...]) -> None:
    found, _ = title(panel, queries, 3, name=EVIL)
    assert found is not None and len(found.text) <= LONGEST + 30, (panel.title, found)
    assert "\u202e" not in found.text


def test_every_panel_has_a_title_that_is_tried() -> None:
    found = {
        named(one)
        for module in pkgutil.iter_modules(every_panel.__path__)
        for one in vars(importlib.import_module(f"components.panels.{module.name}")).values()
        if isinstance(one, Panel)
    }
    tried = {named(panel) for panel, _ in ASKED}
    assert {name for name in found - tried if name.rsplit(".", 1)[-1] not in DERIVED} == set()


def test_what_stands_in_the_title_is_a_finding_then_a_figure_then_a_note() -> None:
    plot, note, said = Plot(None, "5 of 9."), Note("Not all is known."), Finding("7 of 9")
    assert finding([note, plot, said], []) == said
    assert finding([note, plot], []) == Finding("5 of 9.")
    assert finding([note], []) == Finding("Not all is known.")
    assert finding([Empty("None of 3.", "hint")], []) == Finding("None of 3.", "none")
    assert finding([Grid(pd.DataFrame(), {})], []) is None
    assert set(_TONES) >= {"none", "plain", "ok", "watch", "act", "unknown"}


def test_the_days_stand_in_place_of_this_period_where_all_was_asked_for_one() -> None:
    def said(*asks: Ask) -> str:
        tile = Tile(
            str(asks), "T", "why", asks, lambda _f, _l: Empty("None in this period."), names=("a", "b")[: len(asks)]
        )
        found = outcome(tile, [Answer(one, "fresh", rows(one.query, []), NOW, 0.1) for one in asks], LOOK).found
        assert found is not None
        return found.text

    def asked(start: dt.date, end: dt.date) -> Ask:
        return Ask("finops.owners", (("start", start), ("end", end)))

    month = asked(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
    assert said(month) == "None from 1 Nov to 30 Nov."
    assert said(asked(dt.date(2026, 11, 1), dt.date(2026, 11, 2))) == "None on 1 Nov."
    assert said(asked(dt.date(2025, 12, 1), dt.date(2026, 1, 2))) == "None from 1 Dec 2025 to 1 Jan 2026."
    assert said(month, asked(dt.date(2026, 11, 1), dt.date(2026, 11, 2))) == "None in this period."


def test_a_title_of_a_list_that_ends_at_its_limit_speaks_of_the_first_rows() -> None:
    panel = Panel(lambda f, _: Finding(f"{len(f['tag_variants'])} spellings"), "T", "why", 1, 1)
    question = Ask("finops.tag_variants", (("limit", 1),))
    found = outcome(panel.tile(question), [Answer(question, "fresh", rows(question.query, [{}]), NOW, 0.1)], LOOK).found
    assert found == Finding("In the first 1 rows: 1 spellings")
    assert listed(panel(Frames({"tag_variants": pd.DataFrame([1])}), LOOK))
