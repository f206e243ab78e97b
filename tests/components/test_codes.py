"""Codes are read in words, in tables and figures alike; files to take along keep them, and a thing keeps its colour."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from components.files.csv_file import csv_of
from components.files.sheet import Sheet
from components.panels import chargeback, failed_runs, finops, pipelineops
from components.panels.groups import grouped
from components.text.codes import in_words, worded
from components.text.tokens import Theme, entity_colours, tokens
from components.text.view_context import ViewContext
from components.things import warehouses
from components.tiles.tile import Grid, Plot
from queries.catalogue import catalogue
from tests.components.bodies import frame, one, seen

LOOK = ViewContext()


@pytest.mark.parametrize(("code", "words"), [
    ("MODEL_SERVING", "Model serving"), ("UI", "UI"), ("RUN_EXECUTION_ERROR", "Run execution error"), ("SQL", "SQL"), ("DLT", "DLT"),
    ("JOBS", "Jobs"), ("ALL_PURPOSE", "All-purpose"), ("TIMED_OUT", "Timed out"), ("CANCELED", "Cancelled"),
    ("CANCELLED", "Cancelled"), ("AI_GATEWAY", "AI gateway"), ("job", "Job"), ("cost_centre", "Cost centre"),
    ("ENTERPRISE_SERVERLESS_SQL_COMPUTE_US_EAST_N_VIRGINIA", "Enterprise serverless SQL compute US East N Virginia"),
    ("ENTERPRISE_ALL_PURPOSE_COMPUTE_(PHOTON)", "Enterprise all purpose compute (Photon)"),
    ("PREMIUM_JOBS_COMPUTE_EUROPE_WEST", "Premium jobs compute Europe West"),
    ("Other", "Other"), ("", ""), ("a b", "a b"), ("x-1", "x-1"), ("Ünïcode_X", "Ünïcode_X"), ("<b>", "<b>"),
])  # fmt: skip
def test_a_code_is_said_in_words_and_what_is_none_stays(code: str, words: str) -> None:
    assert in_words(code) == words


def test_only_the_columns_that_hold_codes_are_in_words() -> None:
    rows = pd.DataFrame({"name": ["A_B", None], "code": ["A_B", None], "mine": ["A_B", ""]})
    made = worded(rows, "pipelineops.failed_lately")
    assert made.astype(object).where(made.notna(), None).to_dict("list") == {
        "name": ["A_B", None],
        "code": ["A b", None],
        "mine": ["A_B", ""],
    }


def test_a_table_shows_words_and_its_file_the_code() -> None:
    ran = {"started": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}
    failed = [ran | {"name": name, "code": code} for name, code in (("n", "RUN_EXECUTION_ERROR"), ("m", None))]
    rows = frame("pipelineops.failed_lately", *failed)
    table = one(failed_runs.lately(rows, LOOK), Grid)
    assert seen(table, "code") == [("Run execution error",), (None,)]
    assert b"RUN_EXECUTION_ERROR" in csv_of(Sheet("s", table.frame, table.columns))


def colours(plot: object) -> dict[str, str]:
    """The colour of each series of a figure, by its name; what is hatched all over says so."""
    assert isinstance(plot, Plot)
    traces = plot.figure.to_dict()["data"]
    hatched = [trace["marker"].get("pattern", {}).get("shape") == "/" for trace in traces]
    return {
        trace["name"]: trace["marker"]["color"] + " hatched" * one for trace, one in zip(traces, hatched, strict=True)
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_say_words_and_keep_the_colours_of_states(theme: Theme) -> None:
    ink, look = tokens(theme), ViewContext(theme=theme)
    runs = {"SUCCEEDED": ink.series[0], "FAILED": ink.act, "TIMED_OUT": ink.watch, "SKIPPED": ink.unknown,
            "CANCELLED": ink.unknown, "RUNNING": ink.series[2]}  # fmt: skip
    updates = {"COMPLETED": ink.series[0], "FAILED": ink.act, "CANCELED": ink.unknown, "RUNNING": ink.series[2]}
    day = dt.date(2026, 11, 1)
    for panel, query, count, states in (
        (pipelineops.runs, "pipelineops.runs_by_day", "runs", runs),
        (pipelineops.updates, "pipelineops.pipeline_updates", "updates", updates),
    ):
        drawn = panel(frame(query, *({"day": day, "state": state, count: 2} for state in states)), look)
        assert colours(drawn) == {in_words(state): colour for state, colour in states.items()}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_idle_is_grey_and_hatched_on_every_figure_and_nothing_else_is(theme: Theme) -> None:
    ink, look = tokens(theme), ViewContext(theme=theme)
    month, hour = dt.date(2026, 11, 1), dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)
    parts_of = [{"month": month, "part": part, "cost": Decimal(2)} for part in chargeback.PARTS]
    bill = frame("finops.bill_by_month", {"month": month, "bill": Decimal(10)})
    shared = [
        {
            "cluster": "c",
            "cluster_id": "c",
            "workspace_id": "1",
            "part": part,
            "cost": Decimal(2),
            "job": "load" if part == "job" else None,
            "job_id": "7" if part == "job" else None,
        }
        for part in ("job", "no job")
    ]
    for said, idle in (
        (chargeback.reconciliation(frame("finops.reconciliation", *parts_of) | bill, look), "idle"),
        (chargeback.clusters(frame("finops.cluster_share", *shared), look), "No job"),
        (
            warehouses.hours(frame("things.warehouse_hours", {"hour": hour, "busy": 0.5, "idle": 0.5}), look),
            "without work",
        ),
    ):
        drawn = colours(one(said, Plot))
        assert drawn.pop(idle) == f"{ink.other} hatched"
        assert drawn and not [colour for colour in drawn.values() if "hatched" in colour or colour == ink.other]


def test_on_a_page_two_things_never_share_a_colour() -> None:
    day, products = dt.date(2026, 11, 1), ("JOBS", "SQL", "DLT", "MODEL_SERVING", "ALL_PURPOSE", "VECTOR_SEARCH")
    rows = [{"usage_date": day, "product": product, "cost": Decimal(5), "complete": True} for product in products]
    for theme in ("light", "dark"):
        look = ViewContext(theme=theme)
        above = colours(finops.per_day(frame("finops.spend_by_day", *rows), look))
        for by, names in (
            ("workspace", ("prod", "dev", "governance")),
            ("owner", ("ann", "bo", "cy", "di", "ed", "flo")),
        ):
            groups = [{"period": day, "label": name, "group_key": name, "by": by, "cost": Decimal(4)} for name in names]
            below = colours(one(finops.matrix({"spend_matrix": pd.DataFrame(groups)}, look), Plot))
            assert not set(above.values()) & set(below.values()), (by, above, below)


def test_codes_of_runs_are_in_words() -> None:
    codes = frame("pipelineops.termination_codes", {"code": "RUN_EXECUTION_ERROR", "runs": 3, "jobs": 1})
    bars = one(pipelineops.codes(codes, LOOK), Plot).figure.to_dict()
    assert bars["layout"]["yaxis"]["ticktext"] == ["Run execution error"]
    assert bars["data"][0]["hovertext"][0].endswith("RUN_EXECUTION_ERROR")


def test_a_product_has_one_colour_by_code_and_by_words() -> None:
    assert entity_colours(["JOBS"], "light")["JOBS"] == entity_colours(["Jobs", "x"], "light")["Jobs"]


def test_groups_of_codes_are_in_words_and_names_are_not() -> None:
    rows = pd.DataFrame(
        {"group_key": ["A_B", None], "label": ["A_B", "untagged"], "cost": [Decimal(1), Decimal(2)]}, dtype=object
    )
    said = {by: grouped(by)({"f": rows})["f"]["label"].tolist() for by in ("product", "sku", "owner")}  # type: ignore[arg-type]
    assert said == {"product": ["A b", "untagged"], "sku": ["A b", "untagged"], "owner": ["A_B", "untagged"]}


def test_a_column_of_codes_is_one_in_every_question() -> None:
    codes = {"product", "sku_name", "result_state", "termination_code", "last_code", "last_state", "trigger_type"}
    wrong = [
        (name, column)
        for name, query in catalogue().items()
        for column, kind in query.columns.items()
        if column in codes and kind != "code"
    ]
    assert wrong == []
