"""Who is hit: those who read lately what is broken, and further on only whose promise hangs on it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pandas as pd

from components.incidents.hit import SHOWN, hit, hit_by, sentence
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid, Note

AT = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
JOB = SimpleNamespace(type="job", workspace_id="1", thing_id="7", name="load")
HOPS = ["source", "target", "consumer", "last_at", "consumer_kind", "workspace_id", "consumer_id", "readers"]
CHAIN: list[tuple[object, ...]] = [
    (None, "a.orders", "load", AT, "job", "1", "7", 1),
    (None, "a.bills", "load", AT, "job", "1", "7", 1),
    ("a.orders", "a.lines", "split", AT, "job", "1", "8", 1),
    ("a.orders", None, "board", AT - DAY, "dashboard", "1", "d", 1),
    ("a.orders", None, None, AT - 2 * DAY, "person", None, None, 5),
    ("a.bills", None, None, AT - 3 * DAY, "person", None, None, 2),
    ("a.lines", "a.sums", "sum up", AT, "job", "1", "9", 1),
    ("a.sums", None, "close", AT, "job", "2", "9", 1),
]


def hops(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows or CHAIN, columns=HOPS, dtype=object)


def found(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["type", "workspace_id", "thing_id", "sort"], dtype=object)


def promised(*rows: tuple[str, str]) -> pd.DataFrame:
    made = [(place, job, "06:00", "Europe/Berlin") for place, job in rows]
    return pd.DataFrame(made, columns=["workspace_id", "job_id", "due_time", "zone"])


def who(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [(row.who, row.kind, row.steps) for row in frame.itertuples()]


def test_who_reads_what_a_broken_job_writes() -> None:
    rows = hit(JOB, found(("job", "1", "7", "stopped")), hops(), promised())
    assert who(rows) == [("split", "job", 1), ("board", "dashboard", 1), ("5 people", "person", 1)]
    people = rows.iloc[-1]
    assert (people["through"], people["tables"], people["readers"]) == ("a.bills", 2, 5)


def test_of_a_job_whose_tables_are_known_to_be_broken_only_those_count() -> None:
    rows = hit(JOB, found(("job", "1", "7", "stopped"), ("table", "0", "A.bills", "old")), hops(), promised())
    assert who(rows) == [("2 people", "person", 1)]


def test_further_on_only_who_was_promised_something_and_first() -> None:
    rows = hit(JOB, found(("job", "1", "7", "stopped")), hops(), promised(("2", "9"), ("1", "8")))
    assert [(row.who, row.steps, row.due) for row in rows.itertuples()][:2] == [
        ("split", 1, "06:00 Europe/Berlin"), ("close", 3, "06:00 Europe/Berlin"),
    ]  # fmt: skip
    assert "sum up" not in set(rows["who"])


def test_the_promise_of_the_broken_job_itself_is_the_first() -> None:
    rows = hit(JOB, found(("run", "1", "70", "stopped")), hops(), promised(("1", "7"), ("1", "8")))
    assert who(rows)[:2] == [("load", "job", 0), ("split", "job", 1)]


def test_the_same_id_in_another_workspace_is_not_hit() -> None:
    rows = hit(JOB, found(("job", "1", "7", "stopped")), hops(), promised(("3", "8")))
    assert rows["due"].isna().all()


def test_a_table_to_which_a_right_was_taken_is_as_it_was() -> None:
    rows = hit(JOB, found(("table", "0", "a.lines", "right"), ("table", "0", "a.bills", "old")), hops(), promised())
    assert who(rows) == [("2 people", "person", 1)]


def test_nobody_is_said() -> None:
    panel = hit_by(JOB, found(("job", "1", "7", "stopped")), promised())
    body = panel({"lineage_hops": hops((None, "a.orders", "load", AT, "job", "1", "7", 1))}, ViewContext())
    assert isinstance(body, Empty) and "Nobody" in body.text


def test_of_a_person_lineage_says_nothing() -> None:
    about = SimpleNamespace(type="principal", workspace_id="0", thing_id="a@b.c", name="a@b.c")
    body = hit_by(about, found(("principal", "0", "a@b.c", "strange")), promised())(
        {"lineage_hops": hops()}, ViewContext()
    )
    assert isinstance(body, Empty) and "on its page" in body.text


def test_so_many_are_shown_harmless_and_the_others_counted() -> None:
    many = [("a.orders", None, f"<b>{n}</b>", AT, "dashboard", "1", f"d{n:02}", 1) for n in range(SHOWN + 3)]
    body = hit_by(JOB, found(("table", "0", "a.orders", "old")), promised())(
        {"lineage_hops": hops(*many)}, ViewContext()
    )
    assert isinstance(body, list)
    said, grid, more = body
    assert isinstance(said, Finding) and said.text == f"Hit: {SHOWN + 3} dashboards"
    assert isinstance(grid, Grid) and len(grid.frame) == SHOWN
    assert isinstance(more, Note) and more.text.startswith("And 3 more")


def test_the_sentence_counts_and_says_whose_promise_comes_first() -> None:
    rows = hit(JOB, found(("job", "1", "7", "stopped")), hops(), promised(("1", "8")))
    assert (
        sentence(rows)
        == "Hit: 1 dashboard, 1 job, at least 5 people, 1 promise, the first split by 06:00 Europe/Berlin"
    )
