"""GovernanceOps: what changed in rights since last quarter, its basis said, and the pack of evidence."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from typing import Any

import pandas as pd

from agents.detectors.grant_drift import COLUMNS, drift
from approvals.deciding.grant_snapshots import Snapshot
from components.files.evidence_pack import MANIFEST, packed
from components.panels.grant_drift import grant_drift
from components.sections.quarter import compared, nearest
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.components.bodies import frame, listed, one
from warehouse.coverage import Coverage

LOOK = ViewContext()
QUARTER = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def moved(*rows: tuple[str, str, str], digest: str = "", unclear: int = 0, since: dt.datetime = QUARTER) -> Frames:
    """Rights that changed: (change, holder, privilege), all on one table."""
    told = [
        (change, who, privilege, "main.s.t", "table", since, "ada@x.com", privilege == "MANAGE")
        for change, who, privilege in rows
    ]
    found = pd.DataFrame(told, columns=COLUMNS)
    counts = pd.DataFrame([{"then": 10, "now": 11, "unclear": unclear}])
    return Frames(
        {
            "drift": found.assign(at=pd.to_datetime(found["at"], utc=True)),
            "drift_counts": counts,
            "drift_basis": pd.DataFrame([{"asked": QUARTER, "since": since, "digest": digest}]),
        }
    )


def test_what_came_and_went_is_counted_and_what_came_can_be_revoked() -> None:
    rows = (("came", "ann@x.com", "MANAGE"), ("came", "ann@x.com", "USE_SCHEMA"), ("went", "bo@x.com", "SELECT"))
    drawn = listed(grant_drift(moved(*rows, ("came and went", "cy@x.com", "MODIFY")), LOOK))
    said = "2 rights came and 1 went since 1 Oct 2026; 1 of them strong; 1 came and went"
    assert (one(drawn, Finding).text, one(drawn, Finding).tone) == (said, "watch")
    grid = one(drawn, Grid)
    assert grid.frame["propose"].tolist() == ["Propose revoke", None, None, None]
    assert grid.frame["params"].iloc[0] == {"principal": "ann@x.com", "privileges": ["MANAGE"]}
    assert isinstance(drawn[1], Plot)


def test_the_basis_is_said() -> None:
    def told(frames: Frames) -> str:
        return " ".join(body.text for body in listed(grant_drift(frames, LOOK)) if type(body) is Note)

    row = ("came", "ann@x.com", "SELECT")
    assert "snapshot of that day (digest abcdef123456): 10 rights then, 11 now" in told(
        moved(row, digest="abcdef1234567")
    )
    rebuilt = told(moved(row, unclear=2))
    assert (
        "rebuilt from the audit log. 10 rights then" in rebuilt and "2 rights were given since and are gone" in rebuilt
    )
    late = told(moved(row, since=QUARTER + dt.timedelta(days=9)))
    assert "which begins then; asked was 1 Oct 2026" in late


def test_nothing_of_so_many() -> None:
    assert one(listed(grant_drift(moved(), LOOK)), Empty).text == "None of 11 rights came or went since 1 Oct 2026."


def test_a_snapshot_counts_for_a_day_only_where_it_is_near() -> None:
    def kept(days: int) -> Snapshot:
        return Snapshot(QUARTER + dt.timedelta(days=days), f"d{days}", 1)

    assert nearest([kept(-9), kept(2), kept(40)], QUARTER) == kept(2)
    assert nearest([kept(-11), kept(11)], QUARTER) is None and nearest([], QUARTER) is None


def test_it_is_rebuilt_only_as_far_back_as_the_log_is_whole() -> None:
    grants: dict[str, Any] = {"kind": "table", "place": "main.s.t", "grantee": "ann@x.com", "privilege": "SELECT"}
    rows = {**frame("governanceops.grants", grants), **frame("governanceops.privilege_changes")}
    begins = QUARTER + dt.timedelta(days=9)
    found = compared(QUARTER, None, drift)(Frames(rows, {"privilege_changes": Coverage(since=begins)}))
    assert found["drift_basis"].iloc[0]["since"] == begins and found["drift"].empty


def test_a_pack_has_the_digest_of_each_file_and_is_the_same_for_the_same_rows() -> None:
    rows = pd.DataFrame({"grantee": ["=cmd()", "ann@x.com"]})
    made = packed({"changes.csv": rows}, {"since": "2026-10-01"}, QUARTER)
    assert made == packed({"changes.csv": rows}, {"since": "2026-10-01"}, QUARTER)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        data = archive.read("changes.csv")
    assert manifest["files"]["changes.csv"] == {"sha256": hashlib.sha256(data).hexdigest(), "rows": 2}
    digest = manifest.pop("digest")
    assert digest == hashlib.sha256(json.dumps(manifest, sort_keys=True, indent=1).encode()).hexdigest()
    assert b"'=cmd()" in data
