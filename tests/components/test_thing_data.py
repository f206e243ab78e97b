"""What is shown of tables, schemas and catalogs, of what a warehouse works for and of whom an endpoint serves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from approvals.people.roles import ALL, Roles
from components.text.view_context import ViewContext
from components.things import clusters, columns, endpoints, grants, schemas, statements, tables
from components.tiles.tile import Empty, Finding, Frames, Grid
from tests.components.bodies import listed
from tests.components.reading import NOW, rows
from things import Thing

LOOK = ViewContext()
DAY = dt.timedelta(days=1)


def frames(query: str, *made: dict[str, Any]) -> Frames:
    return Frames({query.rpartition(".")[2]: rows(query, list(made)).to_pandas()})


def said(panel: Any, found: Frames) -> Finding:
    return next(body for body in listed(panel(found, LOOK)) if isinstance(body, Finding))


def table(panel: Any, found: Frames) -> Grid:
    return next(body for body in listed(panel(found, LOOK)) if isinstance(body, Grid))


def right(who: str, kind: str, level: str = "table", reads: bool = True, changes: bool = False) -> dict[str, Any]:
    return {"grantee": who, "grantee_kind": kind, "level": level, "given": "SELECT", "reads": reads, "changes": changes}


def test_each_holder_counts_once_however_many_rights_lead_there() -> None:
    held = [right("ann@x.io", "person", "table", changes=True), right("ann@x.io", "person", "catalog", changes=True)]
    held += [right("team-a", "group"), right("team-b", "group"), right("cy@x.io", "person", reads=False)]
    found = frames("things.grants", *held)
    assert said(grants.grants, found).text == "It may be read by 1 person and 2 groups, changed by 1 person."
    assert grants.finding(found, LOOK) is None
    shown = table(grants.grants, found)
    assert (shown.thing_at("grantee", 0), shown.thing_at("grantee", 2)) == (Thing("principal", "ann@x.io"), None)
    assert shown.frame["reads"].tolist() == ["yes"] * 4 + ["no"]


def test_what_everybody_may_reach_is_said_first() -> None:
    found = frames("things.grants", right("account users", "everybody"), right("ann@x.io", "person"))
    told = grants.finding(found, LOOK)
    assert told is not None and told.tone == "watch"
    assert told.text.startswith("Everybody of the account has SELECT, given on the table; it may be read by 1 person")


def test_no_right_that_is_known_is_not_no_right() -> None:
    (body,) = listed(grants.grants(frames("things.grants"), LOOK))
    assert isinstance(body, Empty) and "may not see" in body.hint


def days(*written: int, newest: int = 0) -> Frames:
    """A table written on the days that are so long ago, read on the ``newest``."""
    made = [{"day": (NOW - n * DAY).date(), "writes": 1, "readers": 0} for n in sorted(written, reverse=True)]
    return frames("things.table_days", *made, {"day": (NOW - newest * DAY).date(), "writes": 0, "readers": 1})


def test_a_table_is_late_by_its_own_habit() -> None:
    late = tables.late(days(4, 5, 6, 7, 9)["table_days"])
    assert late is not None and late.tone == "act"
    assert late.text == "Not written for 4 days; it usually is every day, never less often than every 2 days."
    assert tables.late(days(2, 4, 6, 8, 10)["table_days"]) is None  # every other day
    assert tables.late(days(4, 5, 6)["table_days"]) is None  # too little to tell
    # Lineage arrives late: what is not known of the last four days is not said to be missing.
    assert tables.late(days(4, 5, 6, 7, 9, newest=4)["table_days"]) is None


def test_columns_say_how_many_are_tagged_and_masked() -> None:
    found = frames(
        "things.table_columns",
        {"column_name": "id", "type": "BIGINT", "optional": False, "masked": False},
        {"column_name": "mail", "type": "STRING", "optional": True, "tags": ["class=email", "pii"], "masked": True},
    )
    assert said(columns.columns, found).text == "2 columns, 1 tagged, 1 masked"
    shown = table(columns.columns, found)
    assert shown.frame["tags"].tolist()[1] == "class=email, pii" and "comment" not in shown.columns


def test_lineage_of_columns_leads_to_tables_and_not_to_paths() -> None:
    made = {"side": "made from", "column_name": "a", "other_kind": "table", "other": "main.s.raw", "other_column": "b"}
    found = frames(
        "things.table_column_lineage",
        made,
        made | {"other_kind": "path", "other": "s3://in"},
        made | {"side": "goes into"},
    )
    assert said(columns.lineage, found).text == (
        "1 column made from columns of 2 other tables or paths; 1 column used for columns of 1 other table or path"
    )
    shown = table(columns.lineage, found)
    assert [shown.thing_at("other", row) for row in (0, 1)] == [Thing("table", "main.s.raw"), None]


def test_a_schema_says_how_much_of_it_nobody_reads() -> None:
    one = {"part_kind": "table", "part": "main.s.t", "type": "VIEW", "tables": 1, "read": 1, "readers": 3}
    found = frames("things.contents", one, one | {"read": 0, "part": "main.s.u"}, one | {"read": 0, "part": "main.s.v"})
    both = Frames({**found, **frames("things.grants")})
    assert said(schemas.contents, found).text == "It holds 3 tables; 2 of them were read by nobody in this period."
    told = schemas.finding(both, LOOK)
    assert told is not None and told.tone == "watch"
    assert "type" in table(schemas.contents, found).columns and "tables" not in table(schemas.contents, found).columns
    of_catalog = frames("things.contents", {"part_kind": "schema", "part": "main.s", "tables": 2, "read": 1})
    assert (
        said(schemas.contents, of_catalog).text
        == "It holds 1 schema with 2 tables; 1 of them was read by nobody in this period."
    )
    assert table(schemas.contents, of_catalog).thing_at("part", 0) == Thing("schema", "main.s")


SENT: dict[str, Any] = {
    "fingerprint": "f", "statement": "select ?", "statement_type": "SELECT", "work": 2.0, "part": 0.75, "statements": 3,
    "who": "ann@x.io", "workspace_id": "1", "source_kind": "job", "source_id": "7", "source": "load",
}  # fmt: skip


def test_statements_lead_to_who_and_what_sends_them() -> None:
    found = frames("things.warehouse_statements", SENT, SENT | {"part": 0.2, "source_kind": None, "source_id": None})
    assert said(statements.statements, found).text == (
        "75% of its work is one form of statement, most of it for ann@x.io; 2 forms listed make 95%."
    )
    shown = table(statements.statements, found)
    assert (shown.thing_at("who", 0), shown.thing_at("source", 0)) == (
        Thing("principal", "ann@x.io"),
        Thing("job", "7", "1"),
    )
    assert shown.thing_at("source", 1) is None


def test_who_may_not_read_statements_is_told_why_there_are_none() -> None:
    shown = table(statements.statements, frames("things.warehouse_statements", SENT | {"statement": None}))
    assert "statement" not in shown.columns and "administrators" in shown.caption


@pytest.mark.parametrize(("roles", "may"), [
    (Roles(looks=True), False), (Roles(looks=True, approves=frozenset({"infraops"})), False), (Roles(finops=True), False),
    (Roles(admin=True), True), (Roles(audits=True), True), (Roles(approves=frozenset({"governanceops"})), True), (ALL, True),
], ids=["looks", "decides on compute", "finops", "admin", "audits", "decides on rights", "all"])  # fmt: skip
def test_few_may_see_what_single_people_ask_and_do(roles: Roles, may: bool) -> None:
    assert roles.sees_others is may


def test_starts_that_nobody_explains_are_counted_apart() -> None:
    one = {
        "source_kind": "job",
        "workspace_id": "1",
        "source_id": "7",
        "source": "load",
        "who": "sp",
        "starts": 3,
        "part": 0.6,
    }
    found = frames(
        "things.warehouse_starts", one, one | {"source_kind": "nobody known", "source_id": None, "starts": 2}
    )
    assert said(statements.starts, found).text == (
        "Started 5 times by those listed, 3 by jobs, 2 by nobody that is known"
    )


def test_a_cluster_says_which_job_works_most_on_it() -> None:
    one = {"workspace_id": "1", "job_id": "7", "job": "load", "runs": 2, "worked": 0.75, "part": 0.75}
    found = frames("things.cluster_jobs", one, one | {"job_id": "8", "job": "8"})
    assert said(clusters.jobs, found).text == "2 jobs ran on it; load most, 75% of the time of all tasks"
    assert table(clusters.jobs, found).thing_at("job", 0) == Thing("job", "7", "1")


def served(*states: tuple[str, int, int]) -> Frames:
    made = [
        {
            "served": "main.ml.churn",
            "version": str(n),
            "state": state,
            "since": NOW - n * DAY,
            "requests": asked,
            "failed": failed,
        }
        for n, (state, asked, failed) in enumerate(states)
    ]
    return frames("things.endpoint_serves", *made)


def test_a_new_version_that_fails_more_often_is_the_worst_of_an_endpoint() -> None:
    quiet = frames("things.endpoint_requests")
    told = endpoints.finding(Frames({**served(("now", 40, 10), ("before", 200, 1)), **quiet}), LOOK)
    assert told is not None and told.tone == "act"
    assert told.text == (
        "25% of the requests to main.ml.churn, served since 20 Nov 12:00, failed; of those before 0.5%."
    )
    for fine in (
        served(("now", 40, 1), ("before", 200, 1)),
        served(("now", 10, 5), ("before", 200, 1)),
        served(("now", 40, 10), ("before", 40, 9)),
    ):
        assert endpoints.finding(Frames({**fine, **quiet}), LOOK) is None
    assert said(endpoints.serves, served(("now", 1, 0), ("before", 1, 0))).text == (
        "It serves main.ml.churn version 0 since 20 Nov 12:00; 1 served before"
    )
    assert said(endpoints.serves, served(("deleted", 1, 0))).text.startswith(
        "It serves nothing any more; it served 1 model"
    )


def test_callers_say_who_asks_most_and_whose_requests_fail() -> None:
    one = {"caller": "ann@x.io", "requests": 9, "part": 0.9, "failed": 0}
    assert said(endpoints.callers, frames("things.endpoint_callers", one)).text == (
        "1 caller; ann@x.io asks most, 90% of all; none failed"
    )
    found = frames("things.endpoint_callers", one | {"caller": None}, one | {"failed": 4, "part": 0.1})
    assert said(endpoints.callers, found).text == (
        "2 callers; somebody who is not recorded asks most, 90% of all; at most 4 failed for one of them"
    )
