"""Every name leads somewhere: a column of names in a table and a mark that stands for one thing say which thing it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from components.panels import changes, chargeback, finops, on_time, pipelineops
from components.runtime import opened
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Frames, Grid, Plot
from queries.catalogue import catalogue
from tests.components.bodies import frame, listed, one
from tests.components.test_same_names import CASES, NO_THINGS, days, filled
from things import KINDS, Thing

LOOK = ViewContext()
WORDS = {
    "code": "an error code", "last_code": "an error code", "termination_code": "an error code", "result_state": "a state",
    "last_state": "a state", "state": "a state", "kind": "what happened", "movement": "what happened", "detail": "words",
    "warehouse_size": "a size", "sku_name": "a SKU has no page", "usage_unit": "a unit", "reason": "words",
    "basis": "a word of the filters", "currency_code": "a currency", "task_key": "a part of the run it is drawn for",
    "what": "what can be saved", "confidence": "a grade", "effort": "a grade", "evidence": "words", "source": "whose deadline",
    "resource_kind": "a kind", "consumer_kind": "a kind", "propose": "a button",
    "chance": "a number", "product": "a product has no page", "written": "a spelling", "normal": "a spelling", "tag_key": "a spelling",
}  # fmt: skip  # texts that name no thing, and what they are
BY_PANEL = {"label", "subject"}  # their panels know what kind of thing a row names
# Panels that show things, with rows of theirs.
MORE: list[tuple[Panel, Any]] = [
    (finops.owners, [("finops.owners", {"owner": "ann@example.com"})]),
    (chargeback.untagged, [("finops.untagged", {"owner": "ann@example.com"})]),
    (chargeback.warehouse_users, [("finops.warehouse_share", {"executed_by": "ann@example.com", "part": "work"})]),
]
MARKS_OF_NO_THING = {
    "anomalies": "days of the account; the table below names the places",
    "per_day": "products", "corrections": "products", "reconciliation": "parts of the bill", "codes": "error codes",
    "runs": "states", "updates": "states", "budget": "the days of all jobs", "forecast": "days", "totals": "no marks",
    "month": "no marks",
}  # fmt: skip


def built() -> Iterator[tuple[str, Any]]:
    for panel, frames in CASES:
        found = frames(("load", "store"), [("1", "7"), ("1", "8")])
        if panel in (finops.matrix, finops.moved):
            found = finops.grouped("workspace")(found)
        for body in listed(panel(found, LOOK)):
            yield panel.build.__name__, body
    for panel, asked in MORE:
        for query, known in asked:
            for body in listed(panel(frame(query, filled(query, **known)), LOOK)):
                yield panel.build.__name__, body


BUILT = list(built())


def test_every_labelled_text_of_every_question_names_a_thing_or_is_known_to_name_none() -> None:
    bare = [
        f"{query.name}.{name}"
        for query in catalogue().values()
        for name, column in query.described.items()
        if column.label and column.kind in ("text", "spelling") and name not in WORDS
        and name not in query.things and name not in BY_PANEL
    ]  # fmt: skip
    assert bare == []


@pytest.mark.parametrize(("panel", "body"), BUILT, ids=[name for name, _ in BUILT])
def test_every_name_in_a_table_opens_its_thing(panel: str, body: Any) -> None:
    if not isinstance(body, Grid):
        return
    names = [name for name, (_, kind) in body.columns.items() if kind in ("text", "spelling") and name not in WORDS]
    assert [name for name in names if name not in body.things] == []
    for name in names:
        shown = [row for row, value in enumerate(body.frame[name]) if isinstance(value, str)]
        assert [row for row in shown if body.thing_at(name, row) is None] == [], name


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
            else [{"customdata": one} for one in trace["customdata"]]
        )
        for point in points:
            body.on_click(point)
    assert any(said), said
    assert {one.kind for one in said if one} <= KINDS.keys()


def test_every_panel_that_draws_is_tried() -> None:
    tried = {name for name, _ in BUILT}
    assert NO_THINGS - tried - MARKS_OF_NO_THING.keys() == {
        "prices", "tag_variants", "unpriced", "discounts", "currencies", "compare", "tasks",
    }  # fmt: skip  # tables of SKUs, spellings, currencies and of the parts of one run


def test_a_day_of_a_job_opens_its_run_where_it_ran() -> None:
    found = days(("load", "store"), [("1", "7"), ("1", "8")], "late")
    found["days"].loc[1, "run_id"] = None
    plot = next(one for one in listed(on_time.on_time(found, LOOK)) if isinstance(one, Plot))
    marks = [words for trace in plot.figure.to_dict()["data"] for words in trace["customdata"]]
    assert sorted(marks) == [["job", "8", "1"], ["run", "7/9", "1"]]


def test_the_rest_opens_nothing() -> None:
    query = "finops.spend_matrix"
    rows = [filled(query, label="prod", group_key="1"), filled(query, label="Other", group_key=None)]
    found = finops.grouped("workspace")(Frames(frame(query, *rows)))
    _, plot, grid = listed(finops.matrix(found, LOOK))
    assert isinstance(plot, Plot) and isinstance(grid, Grid)
    assert [trace["customdata"] for trace in plot.figure.to_dict()["data"]] == [
        [["workspace", "1", ""]],
        [["", "", ""]],
    ]
    assert {grid.frame["label"].iloc[row]: grid.thing_at("label", row) for row in (0, 1)} == {
        "prod": Thing("workspace", "1"), "Other": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by", "kind"), [("owner", "principal"), ("tag", "cost_centre"), ("product", None), ("sku", None)]
)
def test_what_a_group_is_depends_on_what_costs_are_grouped_by(by: str, kind: str | None) -> None:
    query = "finops.spend_movers"
    found = finops.grouped(by)(Frames(frame(query, filled(query, label="x", group_key="x"))))
    grid = next(one for one in listed(finops.moved(found, LOOK)) if isinstance(one, Grid))
    thing = grid.thing_at("label", 0)
    assert (thing and thing.kind) == kind


@pytest.mark.parametrize(
    ("said", "subject", "kind"),
    [("job", "7", "job"), ("warehouse", "w", "warehouse"), ("cluster", "c", "cluster"),
     ("table", "main.sales.orders", "table"), ("schema", "main.sales", None)],
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
