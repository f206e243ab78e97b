"""GovernanceOps: what the removal of a right would hit, from hand-made rows."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from components.panels.right_consumers import hit_by
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
AT = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


def running(*kinds: str, owner: str = "bo@x.com") -> Frames:
    """A consumer of each of ``kinds`` in the name of ``owner``."""
    rows = [
        {
            "consumer": f"main.s.t{n}" if kind == "table" else f"c{n}", "consumer_kind": kind, "owner": owner,
            "workspace_id": None if kind == "table" else "1", "consumer_id": f"main.s.t{n}" if kind == "table" else str(n),
            "uses": 3, "tables": 1, "last_use": AT,
        }
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    return Frames(frame("platform.right_consumers", *rows))


def test_what_would_stop_is_counted_by_kind_and_each_opens() -> None:
    drawn = listed(hit_by("main.s")(running("job", "job", "dashboard", "table"), LOOK))
    assert one(drawn, Finding).text == "2 jobs, 1 dashboard, 1 table written from it on rights of main.s, in 1 name"
    grid = one(drawn, Grid)
    assert [grid.thing_at("consumer", row) for row in (0, 3)] == [Thing("job", "0", "1"), Thing("table", "main.s.t3")]
    assert grid.thing_at("owner", 0) == Thing("principal", "bo@x.com")
    assert one(drawn, Note).text.startswith("Not seen: use through a view")


def test_the_same_consumer_in_two_names_is_one_in_two_names() -> None:
    both = running("job")
    again = running("job", owner="ann@x.com")
    frames = Frames(
        {"right_consumers": pd.concat([both["right_consumers"], again["right_consumers"]], ignore_index=True)}
    )
    assert one(listed(hit_by("")(frames, LOOK)), Finding).text == "1 job on rights, in 2 names"


def test_nothing_that_ran_is_no_proof_and_what_is_not_seen_is_said() -> None:
    found = one(listed(hit_by("bo@x.com")(running(), LOOK)), Empty)
    assert found.text == "0 jobs, dashboards and people ran on rights of bo@x.com in 30 days."
    assert "through a view" in found.hint
    assert one(listed(hit_by("team-risk", unknown=True)(running(), LOOK)), Note).tone == "unknown"
