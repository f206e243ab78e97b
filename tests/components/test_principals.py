"""People and services by their names: told apart, harmless, an unknown id as it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from approvals.people import identities
from approvals.people.identities import Identity
from approvals.values.proposal import Consumer, Impact
from components.inbox import could_break
from components.panels import slow_sources
from components.text import principals
from components.text.principals import NOBODY, names_of
from components.text.view_context import ViewContext
from components.tiles.called import called, with_names
from components.tiles.tile import Finding, Frames, Grid
from tests.components.bodies import frame, one
from tests.components.inbox_store import content
from things import Thing, ThingColumn

ETL, BI, LONE = (f"{head}-0000-4000-8000-000000000001" for head in ("7d0c9a1e", "8d0c9a1e", "9d0c9a1e"))
PEOPLE = (
    Identity("person", ("Ann@Example.com", "1001"), "Ann Example"),
    Identity("service", (ETL, "2001"), "nightly-etl"),
    Identity("group", ("data-approvers", "3001"), "data-approvers"),
)
OWNER = {"owner": ThingColumn("principal", ("owner",))}


def service(ident: str, name: str) -> Identity:
    return Identity("service", (ident,), name)


def test_a_service_by_its_name_a_person_by_their_address_a_group_by_its_name() -> None:
    names = names_of(PEOPLE)
    found = {one: names.called(one) for one in (ETL, ETL.upper(), "2001", "1001", "ann@example.com", "3001")}
    assert list(found.values()) == ["nightly-etl"] * 3 + ["Ann@Example.com"] * 2 + ["data-approvers"]


@pytest.mark.parametrize("ident", ["", LONE, "bob@example.com", "=cmd", "\u202e", "9" * 400])
def test_an_unknown_id_stays_as_it_is(ident: str) -> None:
    assert names_of(PEOPLE).called(ident) == NOBODY.called(ident) == ident


@pytest.mark.parametrize(
    "name",
    [
        "nightly-etl",
        "Nightly-ETL",
        "nightly\u200b-etl",
        " nightly-etl ",
        "ann@example.com",
        "eve@example.com",
        "data-approvers",
        "1001",
        "12 34",
        LONE,
        "nightly-etl · 7d0c9a1e",
    ],
)
def test_a_name_that_another_has_or_that_reads_like_an_id_has_its_id_behind_it(name: str) -> None:
    names = names_of((*PEOPLE, service(BI, name)))
    assert names.called(BI).endswith(" · 8d0c9a1e")
    shown = {word: names.called(word) for word in (ETL, BI, "1001", "3001")}
    assert len({text.casefold() for text in shown.values()}) == len(shown)


def test_two_ids_that_begin_alike_are_told_apart_by_all_of_them() -> None:
    other = ETL[:-1] + "2"
    names = names_of((service(ETL, "load"), service(other, "load")))
    assert {names.called(ETL), names.called(other)} == {f"load · {ETL}", f"load · {other}"}


def test_a_service_without_a_name_is_its_id() -> None:
    for name in ("", " ", "\u200b\u202e"):
        assert names_of((service(BI, name),)).called(BI) == BI


def test_a_group_that_is_called_like_a_person_does_not_take_their_place() -> None:
    names = names_of((*PEOPLE, Identity("group", ("ann@example.com", "9"), "ann@example.com")))
    who = names.who("ann@example.com")
    assert who is not None and who.kind == "person"


def test_a_part_of_a_label_is_named_and_the_rest_stays() -> None:
    names, thing = names_of(PEOPLE), Thing("principal", ETL)
    assert called(thing, f"{ETL} · JOBS", names) == "nightly-etl · JOBS"
    assert called(thing, f"x{ETL}", names) == f"x{ETL}"


def test_a_dashboard_is_called_by_its_kind_and_the_beginning_of_its_id() -> None:
    ident = "01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b"
    assert called(Thing("dashboard", ident, "1"), ident, NOBODY) == "dashboard 01ef7a…"
    assert called(Thing("dashboard", ident, "1"), "Sales", NOBODY) == "Sales"
    other = "01ef7affffffffffffffffffffffffff"
    frame = pd.DataFrame({"workspace_id": "1", "name": [ident, other], "id": [ident, other]})
    read = with_names(frame, {"name": ThingColumn("dashboard", ("workspace_id", "id"))}, NOBODY)["name"]
    assert read.tolist() == [f"dashboard {ident}", f"dashboard {other}"]


def test_a_dashboard_of_one_id_in_two_workspaces_is_numbered_and_says_its_id_once() -> None:
    ident, which = "01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b", {"name": ThingColumn("dashboard", ("workspace_id", "id"))}
    frame = pd.DataFrame({"workspace_id": ["1", "2"], "name": ident, "id": ident})
    assert with_names(frame, which, NOBODY)["name"].tolist() == ["dashboard 01ef7a…", "dashboard 01ef7a… (2)"]
    other = "01ef7affffffffffffffffffffffffff"
    three = pd.DataFrame({"workspace_id": ["1", "2", "1"], "name": [ident, ident, other], "id": [ident, ident, other]})
    assert with_names(three, which, NOBODY)["name"].tolist() == [
        f"dashboard {ident}", f"dashboard {ident} (2)", f"dashboard {other}",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "ident", "words"), [
    ("dashboard", "01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b", "by dashboard 01ef7a…: "), ("person", "ann@example.com", "by Ann@Example.com: "),
    ("tool", "Power BI", "by Power BI: "),
])  # fmt: skip
def test_the_title_of_slow_statements_calls_who_is_first_as_its_rows_do(kind: str, ident: str, words: str) -> None:
    known = {
        "source_kind": kind,
        "workspace_id": "1" if kind == "dashboard" else "",
        "source_id": ident,
        "source": ident,
    }
    rows = frame("userops.slow_sources", {**known, "hours": 2.0, "statements": 9, "slow": 1, "failed": 2, "queued": 3})
    said = one(slow_sources.slow_sources(Frames(rows), ViewContext(names=names_of(PEOPLE))), Finding)
    assert words in said.text


def test_a_name_of_ours_is_nobodys() -> None:
    names = names_of((service(ETL, "Other"),))
    frame = pd.DataFrame({"owner": [ETL, "Other", None]})
    assert with_names(frame, OWNER, names)["owner"].tolist()[:2] == [f"Other · {ETL}", "Other"]
    assert with_names(frame, OWNER, NOBODY) is not None and frame["owner"].iloc[0] == ETL


def test_two_ids_of_one_service_are_one_name() -> None:
    frame = pd.DataFrame({"owner": [ETL, "2001"]})
    assert with_names(frame, OWNER, names_of(PEOPLE))["owner"].tolist() == ["nightly-etl", "nightly-etl"]


def test_a_hostile_name_is_text_and_its_row_opens_the_service() -> None:
    hostile = "=cmd|' /C calc'!A0 <img src=x> [a](https://evil.example) \u202egnp.exe"
    grid = Grid(
        pd.DataFrame({"owner": [ETL]}),
        {"owner": ("Owner", "text")},
        things=OWNER,
        names=names_of((service(ETL, hostile),)),
    )
    (shown,) = grid.drawn["owner"].to_pylist()
    assert shown.startswith("'=cmd") and "\u202e" not in shown
    assert grid.thing_at("owner", 0) == Thing("principal", ETL)


def test_what_is_not_known_stays_unknown() -> None:
    grid = Grid(
        pd.DataFrame({"owner": [None, ETL]}), {"owner": ("Owner", "text")}, things=OWNER, names=names_of(PEOPLE)
    )
    assert grid.drawn["owner"].to_pylist() == ["–", "nightly-etl"]


def test_the_names_of_a_process_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_KEPT", [lambda: PEOPLE])
    assert principals.names() is principals.names()
    assert principals.called("2001") == "nightly-etl"


def test_the_consumers_of_a_card_have_names_and_open_people_and_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_KEPT", [lambda: PEOPLE])
    board = "01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b"
    known: Any = (
        Consumer(name="load", type="job", owner=ETL, risk="low"),
        Consumer(name=ETL, type="person", owner="", risk="high"),
        Consumer(name=board, type="dashboard", owner="bob@example.com", risk="medium"),
    )
    grid = could_break.consumers(
        content(impact=Impact(consumers=known), consumer_ids=("7", ETL, board), consumer_workspaces=("1", "", "2"))
    )
    assert [(row["consumer"], row["owner"]) for row in grid.drawn.to_pylist()] == [
        ("nightly-etl", "nobody known"),
        ("dashboard 01ef7a…", "bob@example.com"),
        ("load", "nightly-etl"),
    ]
    opens = [(grid.thing_at("consumer", row), grid.thing_at("owner", row)) for row in range(3)]
    assert opens == [
        (Thing("principal", ETL), None),
        (Thing("dashboard", board, "2"), Thing("principal", "bob@example.com")),
        (Thing("job", "7", "1"), Thing("principal", ETL)),
    ]


def test_consumers_of_which_no_id_was_kept_open_only_where_their_name_is_one() -> None:
    known = (Consumer(name="load", type="job", owner=""), Consumer(name="bob@example.com", type="person", owner=""))
    grid = could_break.consumers(content(impact=Impact(consumers=known)))
    assert [grid.thing_at("consumer", row) for row in range(2)] == [None, Thing("principal", "bob@example.com")]
