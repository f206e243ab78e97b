"""The small synthetic lakehouse, built once for all test processes of a run and copied to whoever needs one; what a copy has
answered is answered for all (:mod:`tests.support.answers`)."""

from __future__ import annotations

import datetime as dt
import fcntl
import shutil
from pathlib import Path

import pytest

from demo.lakehouse import build
from tests.support import answers

SEED, SCALE = 7, 0.1


def lakehouse(folders: pytest.TempPathFactory, target: Path, now: dt.datetime | None) -> Path:
    """A copy at ``target``, its lists of faults, twins and naturals beside it. It ends at ``now``; None: when the run began."""
    shared = _shared(folders) / ("lakehouse-now" if now is None else f"lakehouse-{now:%Y%m%d%H}")
    shared.mkdir(exist_ok=True)
    made = shared / "lakehouse.duckdb"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            build(made, seed=SEED, scale=SCALE, now=now or dt.datetime.now(dt.UTC))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, target)
    for beside in ("faults.json", "twins.json", "naturals.json"):
        shutil.copy(made.with_name(beside), target.with_name(beside))
    answers.keep(target, shared / "answers")
    return target


def _shared(folders: pytest.TempPathFactory) -> Path:
    """The folder of the whole run: each process of pytest-xdist has one of its own under it."""
    own = folders.getbasetemp()
    return own.parent if own.name.startswith("popen-") else own
