"""Which direct rights are used: the traps of saying so."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agents.detectors.reach import Members
from agents.governanceops.held_rights import held_rights
from tests.components.bodies import frame

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SERVICE = "1b2c3d4e-0000-4000-8000-000000000001"
MEMBERS = Members(
    {"team-risk": frozenset({"ann@x.com"}), "data-eng": frozenset({"ann@x.com"})}, frozenset({"ann@x.com"})
)


def grant(who: str, table: str = "main.s.t", privilege: str = "SELECT") -> dict[str, Any]:
    return {"kind": "table", "place": table, "grantee": who, "privilege": privilege, "table_full_name": table}


def unused(who: str, table: str = "main.s.t", **more: Any) -> dict[str, Any]:
    """A row of governanceops.unused_grants: old, watched whole."""
    holder = "person" if "@" in who else "service principal"
    return {
        "grantee": who, "holder": holder, "table_name": table, "privileges": "SELECT", "watched_from": dt.date(2026, 2, 1),
        "watched_to": dt.date(2026, 6, 1), "table_created": dt.datetime(2025, 1, 1, tzinfo=dt.UTC), **more,
    }  # fmt: skip


def state(one: dict[str, Any], *idle: dict[str, Any], owner: str = "root@x.com") -> tuple[str, str, str | None]:
    grants = frame("governanceops.grants", one, grant(owner, privilege="OWNER"))["grants"]
    found = held_rights(grants, frame("governanceops.unused_grants", *idle)["unused_grants"], MEMBERS, "team-*", NOW)
    row = found.iloc[0]
    return str(row["team"]), str(row["state"]), row["reason"]


def test_a_right_with_a_trace_is_used_and_one_without_is_not_whatever_the_capitals() -> None:
    assert state(grant("Ann@X.com")) == ("team-risk", "used", None)
    assert state(grant("Ann@X.com"), unused("Ann@X.com")) == ("team-risk", "unused", None)


def test_groups_leave_no_trace_of_their_own_known_or_not() -> None:
    assert state(grant("team-risk")) == ("team-risk", "cannot be said", "held by a group")
    assert state(grant("contractors")) == ("no team", "cannot be said", "held by a group")


def test_a_service_may_come_once_a_quarter_and_a_young_right_is_not_judged() -> None:
    assert state(grant(SERVICE), unused(SERVICE))[1] == "cannot be said"
    lately = unused("ann@x.com", granted_at=NOW - dt.timedelta(days=20))
    assert state(grant("ann@x.com"), lately)[1:] == ("cannot be said", "granted 20 days ago")


def test_logs_that_begin_too_late_say_nothing() -> None:
    short = unused("ann@x.com", watched_from=dt.date(2026, 5, 1))
    assert state(grant("ann@x.com"), short)[1] == "cannot be said"


def test_a_grant_to_the_owner_changes_nothing_and_is_not_called_used() -> None:
    assert state(grant("ann@x.com"), owner="ANN@x.com")[1:] == ("cannot be said", "its owner")


def test_what_only_lets_in_or_is_owned_is_no_right_to_read() -> None:
    grants = frame(
        "governanceops.grants", grant("ann@x.com", privilege="MANAGE"), grant("ann@x.com", privilege="OWNER")
    )
    assert held_rights(
        grants["grants"], frame("governanceops.unused_grants")["unused_grants"], MEMBERS, "team-*", NOW
    ).empty
