"""What is granted now beside what was granted last quarter: against the snapshot of then, else what the audit log takes back to; and
both to take along as evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import pandas as pd
import streamlit as st

from approvals.deciding import grant_snapshots
from approvals.deciding.grant_snapshots import NotAsKept, Right, Snapshot
from components.files.evidence_pack import packed
from components.frame.page import Page
from components.frame.store_unavailable import StoreUnavailable, read_in_time
from components.panels.grant_drift import grant_drift
from components.runtime import state
from components.tiles.tile import Derive, Frames, Tile
from warehouse.interface import Ask

MOST_CHANGES, NEAR = 20_000, dt.timedelta(days=10)  # rows of the log; between the day that is asked and a snapshot
PATIENCE = 60.0  # seconds for the rows of a pack
LACKING = "Which rights were kept earlier is not known."
Drift = Callable[[pd.DataFrame, pd.DataFrame | None, dt.datetime, tuple[Right, ...] | None], Mapping[str, pd.DataFrame]]
"""What changed: from rights now, changes, since when, and what was kept then (None: the log is taken back)."""


def quarter(page: Page, grants: Ask, day: dt.date, drift: Drift) -> Tile:
    """The tile; ``grants`` is the page's question of what is granted now, ``day`` the one that it is compared with."""
    asked = dt.datetime.combine(day, dt.time(), dt.UTC)
    kept = nearest(read_in_time(grant_snapshots.snapshots, list[Snapshot](), LACKING), asked)
    end = page.now.date() + dt.timedelta(days=1)
    changes = page.ask("governanceops.privilege_changes", start=asked.date(), end=end, limit=MOST_CHANGES)
    digest = kept.digest if kept else ""
    derive = compared(asked, kept, drift)
    return grant_drift.tile(
        *(grants, changes),
        derive=derive,
        variant=(asked, digest),
        spared=("privilege_changes",) if kept else (),
        controls=partial(_controls, page, grants, changes, derive),
    )


def nearest(known: list[Snapshot], asked: dt.datetime) -> Snapshot | None:
    """The snapshot that was taken nearest to then, where one was near enough to stand for it."""
    near = [one for one in known if abs(one.taken_at - asked) <= NEAR]
    return min(near, key=lambda one: abs(one.taken_at - asked), default=None)


def compared(asked: dt.datetime, kept: Snapshot | None, drift: Drift) -> Derive:
    """The frames with what changed since then, and with what it is compared with."""

    def known(frames: Frames) -> Mapping[str, pd.DataFrame]:
        changes, covered = frames.get("privilege_changes"), frames.covered("privilege_changes")
        since = kept.taken_at if kept else max(asked, covered.since or asked)
        then = _rights(kept.digest) if kept else None
        told = {"asked": asked, "since": since, "digest": kept.digest if kept else ""}
        return {**frames, **drift(frames["grants"], changes, since, then), "drift_basis": pd.DataFrame([told])}

    return known


@lru_cache(2)
def _rights(digest: str) -> tuple[Right, ...]:
    """The rights of a snapshot: read once, they never change."""
    with state.store().reading() as tx:
        return tuple(grant_snapshots.rights_of(tx, digest))


def _controls(page: Page, grants: Ask, changes: Ask, derive: Derive) -> None:
    st.download_button(
        "Evidence pack (ZIP)",
        data=partial(_pack, page, grants, changes, derive),
        file_name=f"lakehelm_rights_{page.now:%Y-%m-%d}.zip",
        mime="application/zip",
        on_click="ignore",
        key="grant-drift-pack",
        icon=":material/inventory_2:",
        help="Rights then and now, what changed, and a manifest with the SHA-256 of each file.",
    )


def _pack(page: Page, grants: Ask, changes: Ask, derive: Derive) -> bytes:
    """The pack, from the same rows as the tile; says in its manifest why there are none."""
    waiting = {"grants": page.reader.submit(grants), "privilege_changes": page.reader.submit(changes)}
    answers = {name: one.result(PATIENCE) for name, one in waiting.items()}
    read = {name: one for name, one in answers.items() if one.table is not None}
    gaps = [gap for one in answers.values() for gap in one.coverage.gaps]
    gaps += [
        f"{name}: {one.error.title if one.error else 'not read'}" for name, one in answers.items() if name not in read
    ]
    if "grants" not in read:
        return packed({}, {"gaps": gaps}, page.now)
    frames = Frames(
        {name: one.table.to_pandas() for name, one in read.items() if one.table is not None},
        {name: one.coverage for name, one in read.items()},
    )
    try:
        found = derive(frames)
    except (NotAsKept, *StoreUnavailable) as error:
        return packed({}, {"gaps": [*gaps, str(error)]}, page.now)
    basis, counts = found["drift_basis"].iloc[0], found["drift_counts"].iloc[0]
    told = {
        "since": basis["since"].isoformat(),
        "asked": basis["asked"].isoformat(),
        "compared_with": "snapshot" if basis["digest"] else "audit log",
        "snapshot_digest": basis["digest"] or None,
        "rights_then": int(counts["then"]),
        "rights_now": int(counts["now"]),
        "unclear": int(counts["unclear"]),
        "gaps": gaps,
    }
    now = frames["grants"][["kind", "place", "grantee", "privilege", "grantor"]]
    files = {"changes.csv": found["drift"], "now.csv": now}
    if basis["digest"]:
        columns = ["kind", "place", "grantee", "privilege"]
        files["then.csv"] = pd.DataFrame(_rights(basis["digest"]), columns=columns)
    return packed(files, told, page.now)
