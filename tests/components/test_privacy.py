"""Nobody's text or trouble is shown to those who may not see it: every tile of UserOps, asked as every role, over rows of the viewer
and of somebody else. A new tile is among them by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from approvals.people.roles import Roles, RowLimits
from components.frame import identity
from components.runtime import state
from components.tiles import show
from components.tiles.answers import TileOutcome
from components.tiles.tile import Grid, Plot, Tile
from pages.map import pages
from queries.catalogue import catalogue
from settings import ROOT
from tests.components.reading import NOW, Reader, rows
from tests.components.test_same_names import filled
from warehouse.interface import Ask

VIEWS = next(one.views for one in pages() if one.key == "userops")
ME, OTHER, TEXT = "ann@example.com", "bob@example.com", "SELECT the_secret_of"
LOOKS = {
    "the person": Roles(looks=True),
    "a lead without the right": Roles(looks=True, finops=True, approves=frozenset({"finops", "infraops", "dataops"})),
    "a limited viewer": Roles(looks=True, limits=RowLimits(workspaces=frozenset({"1"}))),
    "a lead of one cost centre": Roles(
        looks=True, approves=frozenset({"finops"}), limits=RowLimits(cost_centers=frozenset({"a"}))
    ),
}
HELPS = {
    "enablement": Roles(looks=True, approves=frozenset({"userops"})),
    "governance": Roles(looks=True, approves=frozenset({"governanceops"})),
}
TIMES: Mapping[str, Mapping[str, Any]] = {  # what must fit together in a row, so that a panel shows it
    "userops.newcomers": {
        "joined": NOW - dt.timedelta(days=30), "started": NOW - dt.timedelta(days=29), "succeeded": None, "as_of": NOW, "denied": 4,
    },
    "userops.person_months": {"month": dt.date(2026, 10, 1), "as_of": NOW.date()},
    "userops.query_patterns": {"days": ["2026-11-01 3"], "dashboard_id": None},
}  # fmt: skip


def answered(question: Ask) -> pa.Table:
    """A row of each of the two; of one alone where the question is asked about one."""
    query, asked = catalogue()[question.query], dict(question.params).get("person", "")
    if not question.query.startswith("userops."):
        return rows(question.query, [])
    named = {name for name, which in query.things.items() if which.kind == "principal"} | (
        {"person"} & query.columns.keys()
    )
    told = []
    for who in (ME, OTHER):
        if asked in ("", who) or not (named or query.things.get("source")):
            mine = {**dict.fromkeys(named, who), **TIMES.get(question.query, {})}
            if "statement" in query.columns:
                mine["statement"] = f"{TEXT} {who}"
            if "source_kind" in query.columns:
                mine |= {"source_kind": "person", "source_id": who, "source": who, "workspace_id": ""}
            told.append(filled(question.query, **mine))
    return rows(question.query, told)


@cache
def shown(role: str, view: str) -> tuple[Mapping[str, TileOutcome], Sequence[Ask]]:
    """The tiles of the view as the role gets them, and what was asked for it."""
    found: dict[str, TileOutcome] = {}
    inner = show._outcome

    def kept(tile: Tile, *rest: Any) -> TileOutcome:
        found[tile.key] = inner(tile, *rest)
        return found[tile.key]

    reader = Reader(dict.fromkeys(catalogue(), answered))
    looks = identity.Viewer(ME, False, {**LOOKS, **HELPS}[role])
    with pytest.MonkeyPatch.context() as patch, state.using(reader, lambda: NOW):
        patch.setattr("pages.map.pages", tuple)  # a page that runs alone cannot link to others
        patch.setattr(show, "_outcome", kept)
        patch.setattr(identity, "_found", lambda _: looks)
        test = AppTest.from_file(str(ROOT / "pages" / "userops.py"), default_timeout=60)
        test.query_params["view"] = view
        test.run()
    assert not test.exception, (role, view)
    return found, reader.asked


def said(tile: TileOutcome) -> str:
    """All that a tile shows and sends, the columns that a table does not draw among them."""
    parts = [repr(tile.found)]
    for body in tile.bodies:
        parts.append(str(body.frame.to_dict()) if isinstance(body, Grid) else "")
        parts.append(str(body.figure.to_dict()) if isinstance(body, Plot) else repr(body))
    return " ".join(parts)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", LOOKS)
def test_who_may_not_see_others_sees_nobodys_name_and_nobodys_text(role: str, view: str) -> None:
    tiles, asked = shown(role, view)
    assert tiles
    for key, tile in tiles.items():
        assert OTHER not in said(tile), key
        assert f"{TEXT} {OTHER}" not in said(tile), key
    assert not [one for one in asked if dict(one.params).get("texts")]


@pytest.mark.parametrize("role", HELPS)
def test_who_helps_sees_who_is_stuck_so_that_the_other_test_has_something_to_find(role: str) -> None:
    with_names = {key for view in VIEWS for key, tile in shown(role, view)[0].items() if OTHER in said(tile)}
    assert with_names >= {
        "stuck_people",
        "costly_habits",
        "newcomers",
        "inactive_people",
        "slow_sources",
        "query_patterns",
    }


@pytest.mark.parametrize("role", HELPS)
def test_what_is_about_everybody_or_oneself_names_nobody_else_to_anybody(role: str) -> None:
    """No leaderboard: what people use, work as and stay is told of teams and months, and of oneself."""
    for view, keys in (("Features", ("feature_months", "team_features")),
                       ("People", ("cohorts", "use_tiers", "personas", "active_people")),
                       ("Mine", ("my_waits", "my_errors", "my_persona"))):  # fmt: skip
        tiles = shown(role, view)[0]
        for key in keys:
            assert OTHER not in said(tiles[key]), key


def test_ones_own_view_asks_about_oneself_alone() -> None:
    for role in (*LOOKS, *HELPS):
        asked = [one for one in shown(role, "Mine")[1] if one.query.startswith("userops.")]
        assert {dict(one.params).get("person") for one in asked} == ({ME} if asked else set()), role
        assert asked or role == "a lead of one cost centre", role  # of whose rows nothing here can be limited
