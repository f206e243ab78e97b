"""What figures are limited to: held in the address, asked of every question that knows it, and said where one does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.people.roles import RowLimits
from components.frame.filters import Filters, default, parse
from components.frame.limited import Limited
from components.frame.page import WHOLE, Page
from components.text.scopes import LONGEST, MOST, SCOPES, params
from components.text.view_context import ViewContext
from components.tiles.answers import outcome, unlimited
from components.tiles.tile import Empty, Tile
from queries.catalogue import catalogue
from queries.checking.checks import check
from queries.kinds import COLUMNS
from tests.components.reading import NOW, Reader
from warehouse.interface import Answer, ask
from warehouse.params import checked

TODAY = dt.date(2026, 11, 20)
ALL = {
    "owner": ("ann@x.com",), "team": ("blue",), "cost_center": ("cc-1", "r&d, berlin"), "product": ("SQL",),
    "environment": ("prod",), "job": ("1/10",), "tagged": ("purpose=nightly",),
}  # fmt: skip
CHOSEN = replace(default(TODAY), only=tuple((name, ALL[name]) for name in SCOPES))


def test_a_copied_address_is_limited_to_the_same() -> None:
    assert parse(CHOSEN.query(), TODAY) == (CHOSEN, [])
    assert CHOSEN.query()["cost_center"] == "cc-1,r&d%2C berlin"


@pytest.mark.parametrize(
    ("words", "only"),
    [
        ({"owner": " Ann@X.com ,ann@x.com"}, {"owner": ("ann@x.com",)}),
        ({"tagged": "Cost-Center=CC 1,="}, {"tagged": ("costcenter=cc 1",)}),
        ({"job": "1/10,x/y,1;DROP"}, {"job": ("1/10",)}),
        ({"product": "SQL,<b>"}, {"product": ("SQL",)}),
        ({"tagged": "=x,y=,z"}, {}),
        ({"team": "a" * (LONGEST + 1)}, {}),
    ],
)
def test_what_cannot_be_meant_is_left_out_and_said(words: dict[str, str], only: dict[str, tuple[str, ...]]) -> None:
    made, problems = parse(words, TODAY)
    assert (dict(made.only), len(problems)) == (only, 1)


@given(st.dictionaries(st.sampled_from(sorted(SCOPES)), st.text(max_size=60), max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_words_make_sense_or_are_left_out(words: dict[str, str]) -> None:
    made, _ = parse(words, TODAY)
    assert parse(made.query(), TODAY) == (made, [])
    assert all(0 < len(values) <= MOST for _, values in made.only)


def test_a_name_with_marks_is_asked_for_in_both_forms() -> None:
    assert params((("owner", ("jos\u00e9",)),)) == {"owner": "jose\u0301,jos\u00e9"}


def asked(query: str, filters: Filters = CHOSEN) -> dict[str, object]:
    return dict(Page("", filters, ViewContext(), NOW, Reader({})).ask(query, **_needed(query)).params)


def _needed(query: str) -> dict[str, str]:
    known = {
        "start",
        "end",
        "previous",
        "previous_end",
        "workspaces",
        "cost_centers",
        "currency",
        "basis",
        "tag",
        "now",
    }
    return dict.fromkeys(catalogue()[query].params.keys() - known, "")


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_question_is_limited_to_what_is_chosen_or_its_tile_says_that_it_is_not(name: str) -> None:
    query, look = catalogue()[name], ViewContext(limited=CHOSEN.limited)
    given = {key for key in asked(name) if key in SCOPES}
    if name.startswith(WHOLE):
        assert not given, "one thing is looked at whole, and lists of things are"
        return
    assert given == query.filters
    said = unlimited([name], look)
    for scope, title in SCOPES.items():
        assert (f"no {title.lower()}" in said) == (scope not in given)
        limited = query.limited_to(frozenset(given))
        assert (f"split(:{scope}, ','" in limited.sql) == (scope in given), "declared and not asked for"
    assert all(key not in asked(name, default(TODAY)) for key in SCOPES), "what nobody chose is not asked"


@pytest.mark.parametrize("name", [name for name, query in catalogue().items() if query.filters])
def test_a_limited_question_is_sound(name: str) -> None:
    query = catalogue()[name]
    assert check(query.limited_to(query.filters)) == []
    for scope in query.filters:
        limited = query.limited_to(frozenset({scope}))
        assert limited.params.keys() == {*query.params, scope}
        assert "AND_NOTHING" not in limited.sql and query.limited_to(frozenset()) is query


def test_a_workspace_is_a_filter_like_any_other() -> None:
    look = ViewContext(limited=replace(default(TODAY), workspaces=("1",)).limited)
    assert unlimited(["overview.dataops"], look) == "Not limited to workspace: this question knows no workspace."
    assert unlimited(["finops.spend_total"], look) == ""


def test_the_tile_says_it_below_its_rows() -> None:
    question = ask("finops.warehouse_idle", start=TODAY, end=TODAY)
    table = pa.schema(
        [(name, COLUMNS[kind]) for name, kind in catalogue()[question.query].columns.items()]
    ).empty_table()
    answer = Answer(question, "fresh", table, NOW, 0.1)
    tile = Tile("t", "T", "", [question], lambda frames, look: Empty("Nothing."))
    assert outcome(tile, [answer], ViewContext()).notes == ()
    told = outcome(tile, [answer], ViewContext(limited=("owner", "team"))).notes
    assert told == ("Not limited to owner and team: this question knows no owner and no team.",)


def test_a_filter_never_widens_what_may_be_seen() -> None:
    limits = RowLimits(cost_centers=frozenset({"outlet"}))
    page = Page("", CHOSEN, ViewContext(), NOW, Reader({}), limits)
    question = page.ask("finops.spend_total")
    assert dict(question.params)["cost_centers"] == "outlet"
    assert checked(catalogue(), question).params.keys() >= {"cost_centers", *SCOPES}
    assert Limited(Reader({}), limits)._within(question)
    unlimited_ask = ask(question.query, **{**dict(question.params), "cost_centers": ""})
    assert not Limited(Reader({}), limits)._within(unlimited_ask)
