"""The ledger proves itself: the verifier run over the living chain, and the export to verify it elsewhere."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from approvals.ledger.checkpoint_line import BadCheckpoint
from approvals.ledger.checkpoints import KeyNotPrivate, marks, trusted
from approvals.ledger.ledger import head
from approvals.ledger.ledger_verify import BROKEN, INTACT, Report
from approvals.ledger.second_place import PlaceAway
from approvals.reading.ledger_export import export, verify_all
from approvals.store.store import Store
from components.text import format as fmt
from components.text.untrusted import safe
from settings import Settings

_KEPT = "ledger-report"
UNVERIFIED = "Not verified since you opened the app."
NOT_SIGNED = f"{UNVERIFIED} There is no signed checkpoint yet."


@dataclass(frozen=True)
class _Found:
    report: Report
    at: dt.datetime


def proof(store: Store, chosen: Settings, now: dt.datetime, zone: str, proposal_id: str | None = None) -> None:
    """The buttons to verify and to export (one proposal's entries, if given), and what the last verification found.
    ``chosen`` says where the checkpoints and their key are."""
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button(
            "Verify", key="ledger-verify", icon=":material/verified:", help="Follows the chain from its first entry."
        )
        name = f"ledger-{proposal_id}.zip" if proposal_id and proposal_id.isalnum() else "ledger.zip"
        st.download_button(
            "Export",
            data=partial(packed, store, chosen, proposal_id),
            file_name=name,
            mime="application/zip",
            on_click="ignore",
            key="ledger-export",
            icon=":material/download:",
            help="Entries and manifest; `python -m approvals audit verify --export FILE` proves them without this app.",
        )
    if asked:
        st.session_state[_KEPT] = _Found(_verified(store, chosen), now)
    found = st.session_state.get(_KEPT)
    if isinstance(found, _Found):
        _say(found, zone)
    else:
        st.caption(safe(_signed(store, chosen, zone), 400))


def packed(store: Store, chosen: Settings, proposal_id: str | None = None) -> bytes:
    """The export as a zip."""
    try:
        there = marks(chosen)
    except PlaceAway:
        there = []  # the entries prove themselves; what they are compared with is kept elsewhere
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.zip"
        export(store, file, proposal_id=proposal_id, checkpoints=there, keys=trusted(chosen))
        return file.read_bytes()


def _verified(store: Store, chosen: Settings) -> Report:
    bar = st.progress(0.0, text="Reading the ledger")
    try:
        return verify_all(store, chosen, progress=lambda done, of: _show(bar, done, of))
    except (BadCheckpoint, KeyNotPrivate, OSError) as error:
        return Report(BROKEN, f"The checkpoints cannot be read: {error}")
    finally:
        bar.empty()


def _signed(store: Store, chosen: Settings, zone: str) -> str:
    """How far the ledger is signed, before anybody has verified it here: a volume is not asked on the way."""
    if chosen.checkpoint_volume:
        with store.reading() as tx:
            stand = head(tx)
        if stand is None or stand.checkpoint_seq is None or stand.checkpoint_at is None:
            return NOT_SIGNED
        return f"{UNVERIFIED} Signed up to entry {stand.checkpoint_seq:,}, {fmt.moment(stand.checkpoint_at, zone)}."
    try:
        there = marks(chosen)
    except (BadCheckpoint, KeyNotPrivate, OSError) as error:
        return f"The checkpoints cannot be read: {error}"
    if not there:
        return NOT_SIGNED
    newest = max(there, key=lambda one: one.seq)
    at = fmt.moment(dt.datetime.fromisoformat(newest.at), zone)
    return f"{UNVERIFIED} Signed up to entry {newest.seq:,}, {at}."


def _show(bar: st.delta_generator.DeltaGenerator, done: int, of: int) -> None:
    bar.progress(min(1.0, done / max(of, 1)), text=f"{done:,} of {of:,} entries")


def _say(found: _Found, zone: str) -> None:
    report, when = found.report, fmt.moment(found.at, zone)
    if report.code != INTACT:
        where = f" at entry {report.seq:,}" if report.seq is not None else ""
        st.error(safe(f"Not intact{where}: {report.problem} (verified {when})", 600), icon=":material/error:")
        return
    st.success(
        safe(f"Intact: {report.entries:,} entries, each follows from the one before (verified {when})."),
        icon=":material/verified:",
    )
    st.caption(safe(_trust(report), 400))
    for warning in report.warnings[:5]:
        st.caption(safe(warning))


def _trust(report: Report) -> str:
    """How far the proof reaches."""
    if report.checkpoint_seq is None:
        return "There is no checkpoint yet: that entries were cut off at the end, or that everything was written anew, would not show."
    after = report.after_checkpoint
    rest = f" The {after:,} entries after it rest on the chain alone." if after else ""
    return f"They agree with the signed checkpoint at entry {report.checkpoint_seq:,}.{rest}"
