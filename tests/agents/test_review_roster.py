"""Which rights a review asks about: who reviews each, with what is known of its use."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from agents.detectors.reach import Members
from agents.governanceops.held_rights import HELD
from agents.governanceops.review_roster import review_roster
from tests.components.reading import rows

MEMBERS = Members(
    {
        "team-a": frozenset({"mid", "cy@x.com", "fay@x.com"}),
        "mid": frozenset({"fay@x.com"}),
        "users": frozenset({"fay@x.com"}),
    },
    frozenset({"cy@x.com", "fay@x.com"}),
    {"fay@x.com": "Fay@x.com", "cy@x.com": "cy@x.com", "team-a": "Team-A", "mid": "mid", "users": "users"},
)
SEEN = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def roster(scope: str = "") -> pd.DataFrame:
    granted = [
        ("table", "main.s.t", "ann@x.com", "OWNER"), ("schema", "main.s", "bo@x.com", "OWNER"),
        ("table", "main.s.t", "cy@x.com", "SELECT"), ("table", "main.s.t", "Dan@x.com", "MODIFY"),
        ("table", "main.s.u", "team-a", "SELECT"), ("catalog", "main", "team-a", "USE_CATALOG"),
        ("catalog", "main", "team-a", "SELECT"), ("table", "other.s.t", "eve@x.com", "SELECT"),
    ]  # fmt: skip
    names = ("kind", "place", "grantee", "privilege")
    grants = rows("governanceops.grants", [dict(zip(names, one, strict=True)) for one in granted]).to_pandas()
    held = pd.DataFrame(
        [
            ("cy@x.com", "main.s.t", "t", "used", None),
            ("Dan@x.com", "main.s.t", "t", "unused", None),
            ("team-a", "main.s.u", "t", "cannot be said", "held by a group"),
        ],
        columns=HELD,
    )
    idle: dict[str, Any] = {"grantee": "Dan@x.com", "table_name": "main.s.t", "last_seen": SEEN, "through": "team-a"}
    used: dict[str, Any] = {"grantee": "CY@x.com", "table_name": "main.s.T", "by_query": SEEN, "by_job": SEEN}
    unused, uses = (
        rows("governanceops.unused_grants", [idle]).to_pandas(),
        rows("governanceops.right_uses", [used]).to_pandas(),
    )
    return review_roster(grants, held, unused, uses, MEMBERS, scope)


def test_unused_ones_come_first_and_the_owner_of_it_or_of_what_it_is_in_reviews() -> None:
    found = roster("main")
    assert found[["grantee", "reviewer", "state"]].values.tolist() == [
        ["Dan@x.com", "ann@x.com", "unused"],
        ["team-a", "bo@x.com", "cannot be said"],
        ["team-a", "", "cannot be said"],
        ["cy@x.com", "ann@x.com", "used"],
    ]


def test_the_evidence_is_in_words() -> None:
    said = dict(zip(roster("main")["privilege"] + roster("main")["place"], roster("main")["evidence"], strict=True))
    assert said["MODIFYmain.s.t"] == (
        "no trace of use in 90 days of lineage and audit; the holder was last seen on 2026-11-02; the groups team-a can use it, too"
    )
    assert said["SELECTmain.s.u"] == "cannot be said: held by a group"
    assert said["SELECTmain"].startswith("cannot be said: only rights on tables")


def test_a_scope_is_a_place_or_a_holder_and_none_is_all() -> None:
    assert len(roster()) == 5 and len(roster("MAIN.S")) == 3
    assert roster("eve@x.com")["place"].tolist() == ["other.s.t"] and roster("mai").empty


def test_by_what_it_was_last_used_is_beside_it_and_in_the_evidence() -> None:
    found = roster("cy@x.com")
    (used,) = found[found["member"] == ""].to_dict("records")
    assert used["evidence"] == "used within 90 days, last by query on 2026-11-02, by a job on 2026-11-02"
    assert (used["by_query"], used["by_job"]) == (SEEN, SEEN) and used["by_path"] is pd.NaT is used["by_view"]


def test_a_person_is_asked_about_with_what_they_have_through_groups() -> None:
    found = roster("FAY@x.com")
    assert found[["grantee", "place", "member", "leaves", "state"]].values.tolist() == [
        ["team-a", "main.s.u", "Fay@x.com", "mid", "cannot be said"],
        ["team-a", "main", "Fay@x.com", "mid", "cannot be said"],
        ["team-a", "main.s.u", "Fay@x.com", "Team-A", "cannot be said"],
        ["team-a", "main", "Fay@x.com", "Team-A", "cannot be said"],
    ]  # leaving one of the two groups is not enough: each is asked
    assert found["evidence"].iloc[0] == "through mid → team-a: members leave no trace of their group"
    assert roster("nobody@x.com").empty  # whom the directory does not know
