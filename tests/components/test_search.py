"""What somebody types leads to what they mean, in the first three of the results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from approvals.people.identities import Identity
from approvals.people.roles import RowLimits
from components.frame.limited import NotShown, limited
from components.runtime.state import Reads
from components.search import known
from components.search.index import Entry, Index, index, things
from components.search.match import search
from components.text.principals import names_of
from queries.catalogue import catalogue
from queries.kinds import COLUMNS
from settings import Settings
from tests.lakehouses import lakehouse
from warehouse.open import close_readers, open_reader

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
QUESTION = catalogue()["platform.things_index"]
Rows = list[dict[str, Any]]


def table(*rows: dict[str, Any]) -> pa.Table:
    empty = dict.fromkeys(QUESTION.columns)
    schema = pa.schema([(name, COLUMNS[kind]) for name, kind in QUESTION.columns.items()])
    return pa.Table.from_pylist([empty | {"deleted": False} | row for row in rows], schema=schema)


def names(text: str, *rows: dict[str, Any], own: str = "") -> list[str]:
    return [one.name for one in search([index(things(table(*rows)))], text, own)]


def job(ident: str, name: str | None, **more: Any) -> dict[str, Any]:
    return {"kind": "job", "workspace_id": "1", "id": ident, "name": name, **more}


def test_an_id_comes_before_a_name_and_a_name_before_its_parts() -> None:
    rows = [job("1", "load 77"), job("77", "other"), job("2", "loader"), job("3", "pre-load"), job("4", "unloaded")]
    assert names("77", *rows)[0] == "other"
    assert names("load", *rows) == ["loader", "load 77", "pre-load", "unloaded"]


def test_words_may_stand_in_any_order_and_in_owner_tag_and_workspace() -> None:
    rows = [
        {"kind": "workspace", "id": "1", "name": "prod"},
        job("1", "risk_load", owner="ann@x.com", tags=["team=risk"]),
        job("2", "risk_score", owner="bob@x.com", tags=["team=fraud"]),
    ]
    for typed in ("load risk", "ann risk", "team=risk job", "prod ann", "RISK  Load"):
        assert names(typed, *rows)[0] == "risk_load", typed
    assert names("load score", *rows) == []


def test_accents_capitals_and_unseen_signs_do_not_count() -> None:
    for typed in ("zurich", "ZÜRICH", "zu\u0308rich", "zü\u200brich"):
        assert names(typed, job("1", "Zu\u0308rich  Load")) == ["Zürich Load"], typed


def test_deleted_things_come_last_and_own_ones_first() -> None:
    rows = [
        job("1", "load", deleted=True, owner="ann@x.com"),
        job("2", "load_b", owner="bob@x.com"),
        job("3", "load_cc", owner="ann@x.com"),
    ]
    assert names("load", *rows, own="Ann@X.com") == ["load_cc", "load_b", "load"]


def test_what_bears_one_name_in_one_workspace_is_told_apart_by_id() -> None:
    found = things(table(job("1", "load"), job("2", "load"), job("3", "only")))
    assert [one.detail for one in found] == ["Job · 1 · 1", "Job · 1 · 2", "Job · 1"]


def test_a_thing_without_a_name_is_called_by_its_id() -> None:
    assert names("12", job("123", None)) == ["123"]


def test_a_service_is_found_by_its_name_and_by_its_id_and_so_is_what_it_owns() -> None:
    ident = "7d0c9a1e-0000-4000-8000-000000000001"
    called = names_of([Identity("service", (ident,), "nightly-etl")])
    rows = table(
        {"kind": "principal", "id": ident}, job("1", "load", owner=ident), job("2", "score", owner="ann@x.com")
    )
    made = [index(things(rows, called))]
    assert [one.name for one in search(made, "nightly")] == ["nightly-etl", "load"]
    assert [one.name for one in search(made, ident)] == ["nightly-etl", "load"]
    assert search(made, "load")[0].detail == "Job · 1 · nightly-etl"
    assert dict(search(made, "nightly")[0].query)["id"] == ident


def test_nothing_typed_and_nothing_alike_find_nothing() -> None:
    for typed in ("", "  ", "--", "zzzz qqqq", "\x00", "ö" * 5000):
        assert names(typed, job("1", "load")) == [], typed


def test_a_mistyped_number_is_another_number() -> None:
    assert names("load_8", job("1", "load_7"), job("2", "load_8"))[0] == "load_8"


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reads]:
    home = tmp_path_factory.mktemp("search")
    lakehouse(tmp_path_factory, home / "lakehouse.duckdb", NOW)
    yield open_reader(Settings(home=home), lambda: NOW)
    close_readers()


@pytest.fixture(scope="module")
def organisation(reads: Reads) -> tuple[Index, Rows]:
    answer = reads.submit(known.question(RowLimits(), NOW.date())).result(120)
    assert answer.table is not None
    return index(things(answer.table)), answer.table.to_pylist()


def swapped(text: str) -> str:
    """Two letters in its middle change places."""
    letters = [n for n, one in enumerate(text) if one.isalpha() and text[n + 1 : n + 2].isalpha()]
    at = letters[len(letters) // 2]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def dropped(text: str) -> str:
    """Its third letter is missing."""
    return text[:2] + text[3:]


def reversed_words(text: str) -> str:
    return " ".join(text.replace("-", " ").replace("_", " ").split()[::-1])


WAYS: dict[str, Callable[[dict[str, Any]], str]] = {
    "its id": lambda row: row["id"],
    "its name": lambda row: row["name"],
    "in capitals": lambda row: f"  {row['name'].upper()} ",
    "the words in another order": lambda row: reversed_words(row["name"]),
    "two letters swapped": lambda row: swapped(row["name"]),
    "a letter missing": lambda row: dropped(row["name"]),
    "without signs": lambda row: row["name"].replace("-", "").replace("_", ""),
    "its beginning and its kind": lambda row: f"{row['name'][:-1]} {row['kind']}",
}


@pytest.mark.parametrize("kind", ["job", "warehouse", "cluster", "pipeline", "endpoint"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_meant_is_among_the_first_three(organisation: tuple[Index, Rows], kind: str, way: str) -> None:
    found, rows = organisation
    wanted = [row for row in rows if row["kind"] == kind and row["name"] and not row["deleted"]][-1]
    first = search([found], WAYS[way](wanted))[:3]
    assert wanted["id"] in [one.id for one in first], (WAYS[way](wanted), [one.name for one in first])


def test_people_tables_tags_and_cost_centres_are_found(organisation: tuple[Index, Rows]) -> None:
    found, rows = organisation
    person = next(row["id"] for row in rows if row["kind"] == "principal" and "@" in row["id"])
    place = next(row["id"] for row in rows if row["kind"] == "table")
    centre = next(row["id"] for row in rows if row["kind"] == "cost_centre")
    owned = next(row for row in rows if row["kind"] == "warehouse" and row["owner"] and row["tags"])

    def first(typed: str) -> list[str]:
        return [one.id for one in search([found], typed)[:3]]

    name = person.partition("@")[0].replace(".", " ")
    for typed in (person, name, dropped(name), name.upper()):
        assert person in first(typed), typed
    for typed in (place, place.partition(".")[2], place.replace(".", " ")):
        assert place in first(typed), typed
    assert centre in first(centre)
    assert owned["id"] in first(f"{owned['tags'][0]} warehouse {owned['owner']}")
    assert owned["id"] in first(f"{owned['owner']} sql")


def test_schemas_and_catalogs_are_found(organisation: tuple[Index, Rows]) -> None:
    found, rows = organisation
    for kind in ("schema", "catalog"):
        wanted = [row["id"] for row in rows if row["kind"] == kind][-1]
        for typed in (wanted, wanted.upper(), wanted.replace(".", " "), f"{kind} {wanted}"):
            assert wanted in [one.id for one in search([found], typed)[:3]], typed


def test_every_thing_leads_to_its_page(organisation: tuple[Index, Rows]) -> None:
    found, rows = organisation
    assert len(found.entries) == len(rows)
    for one in found.entries:
        assert isinstance(one, Entry)
        assert one.page == "thing.py" and dict(one.query)["id"] == one.id


def test_a_limited_viewer_finds_nothing_of_others(organisation: tuple[Index, Rows], reads: Reads) -> None:
    _, rows = organisation
    places = sorted({row["workspace_id"] for row in rows if row["workspace_id"]})
    for place in places:
        answer = known.question(RowLimits(workspaces=frozenset({place})), NOW.date())
        given = limited(reads, RowLimits(workspaces=frozenset({place}))).submit(answer).result(60)
        found = known.index_of(given)
        assert found is not None and found.entries
        assert {dict(one.query).get("w", place) for one in found.entries} == {place}
        assert not [one for one in found.entries if one.sort in ("Table", "Schema", "Catalog")]
        theirs = {row["id"] for row in rows if row["workspace_id"] == place}
        others = {row["id"] for row in rows if row["workspace_id"] not in (None, place)} - theirs
        assert not others & {one.id for one in found.entries}
        assert not [typed for typed in sorted(others)[:20] if typed in [one.id for one in search([found], typed)]]


def test_the_limits_of_nobody_find_nothing(reads: Reads) -> None:
    for nobody in (RowLimits(workspaces=frozenset()), RowLimits(cost_centers=frozenset())):
        given = limited(reads, nobody).submit(known.question(nobody, NOW.date())).result(60)
        assert isinstance(given.error, NotShown) and known.index_of(given) is None


def test_all_who_may_see_the_same_share_one_index(organisation: tuple[Index, Rows], reads: Reads) -> None:
    asked = known.question(RowLimits(), NOW.date())
    first, second = (known.index_of(reads.submit(asked).result(60)) for _ in range(2))
    assert first is second is not None
