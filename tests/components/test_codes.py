"""Codes are read in words, in tables and figures alike; files to take along keep them, and a thing keeps its colour."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from components.files.csv_file import csv_of
from components.files.sheet import Sheet
from components.panels import failed_runs, pipelineops
from components.panels.groups import grouped
from components.text.codes import in_words, worded
from components.text.tokens import entity_colours
from components.text.view_context import ViewContext
from components.tiles.tile import Grid, Plot
from queries.catalogue import catalogue
from tests.components.bodies import frame, one, parts, seen

LOOK = ViewContext()


@pytest.mark.parametrize(("code", "words"), [
    ("MODEL_SERVING", "Model serving"), ("RUN_EXECUTION_ERROR", "Run execution error"), ("SQL", "SQL"), ("DLT", "DLT"),
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
        "name": ["A_B", None], "code": ["A b", None], "mine": ["A_B", ""],
    }  # fmt: skip


def test_a_table_shows_words_and_its_file_the_code() -> None:
    rows = frame("pipelineops.failed_lately", {"name": "n", "code": "RUN_EXECUTION_ERROR"}, {"name": "m"})
    table = one(failed_runs.lately(rows, LOOK), Grid)
    assert seen(table, "code") == [("Run execution error",), (None,)]
    assert b"RUN_EXECUTION_ERROR" in csv_of(Sheet("s", table.frame, table.columns))


def test_figures_say_words_and_keep_the_colours_of_states() -> None:
    days = frame("pipelineops.runs_by_day", {"day": dt.date(2026, 11, 1), "state": "TIMED_OUT", "runs": 2})
    drawn = pipelineops.runs(days, LOOK)
    assert list(parts(drawn)) == ["Timed out"]  # type: ignore[arg-type]
    codes = frame("pipelineops.termination_codes", {"code": "RUN_EXECUTION_ERROR", "runs": 3, "jobs": 1})
    bars = one(pipelineops.codes(codes, LOOK), Plot).figure.to_dict()
    assert bars["layout"]["xaxis"]["ticktext"] == ["Run execution error"]
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
