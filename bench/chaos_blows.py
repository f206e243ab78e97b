"""What is done to a running deployment while people and agents use it, and how soon it is itself again."""

from __future__ import annotations

import datetime as dt
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from approvals.store.tables import LEDGER
from bench.chaos_load import AWAY, opened
from bench.deployed import Deployed, Started, forwarded
from bench.forwarded import NoPage

APPS, WORKERS = ("app-1", "app-2"), ("worker-1", "worker-2")
MANY = 10**6
RECOVERY = 120.0  # seconds at most


@dataclass
class Troupe:
    """The four processes, by name, and how each is started again."""

    there: Deployed
    policy: Path
    ports: dict[str, int]
    running: dict[str, Started] = field(default_factory=dict)

    def start(self, name: str) -> Started:
        python, policy = Path(sys.executable), str(self.policy)
        if name in APPS:
            made = self.there.start_app(name, self.ports[name], python, LAKEHELM_WORKERS="0", LAKEHELM_POLICY=policy)
        else:
            made = self.there.start_worker(name, python, LAKEHELM_POLICY=policy)
        self.running[name] = made
        return made

    def apps(self) -> list[Started]:
        """Both, whether they live or not: who comes does not know."""
        return [self.running[name] for name in APPS]

    def end(self) -> None:
        for one in self.running.values():
            one.end(signal.SIGKILL)


@dataclass
class Blows:
    """What was done to the processes, and seconds until each was itself again."""

    kills: Counter[str] = field(default_factory=Counter)
    recovered: dict[str, list[float]] = field(default_factory=lambda: {"app": [], "worker": [], "postgres": []})
    not_recovered: list[str] = field(default_factory=list)
    exits: list[str] = field(default_factory=list)


def _serves(troupe: Troupe, name: str) -> bool:
    try:
        opened(troupe.running[name], forwarded(troupe.there.member("viewers")), "inbox", 10.0)
    except NoPage:
        return False
    return True


def _works(troupe: Troupe, name: str, since: dt.datetime) -> bool:
    """Whether the worker's process has written something since then."""
    mark = f"%-{troupe.running[name].process.pid}-%"
    try:
        with troupe.there.store.reading() as tx:
            mine = sa.and_(LEDGER.c.at > since, LEDGER.c.actor.like(mark))
            return tx.connection.execute(sa.select(LEDGER.c.seq).where(mine).limit(1)).first() is not None
    except AWAY:
        return False


def _recovery(troupe: Troupe, name: str, began: float, since: dt.datetime, over: threading.Event) -> float | None:
    """Seconds since ``began`` until the process is of use again; None when the load ended before, raises
    ``TimeoutError``."""
    while not (_serves(troupe, name) if name in APPS else _works(troupe, name, since)):
        if time.monotonic() - began > RECOVERY:
            raise TimeoutError(name)
        if over.wait(0.25):
            return None
    return time.monotonic() - began


def _hit(troupe: Troupe, blows: Blows, name: str, number: int, away: float, over: threading.Event) -> None:
    since, began = dt.datetime.now(dt.UTC), time.monotonic()
    code, seconds = troupe.running[name].end(number)
    sort = name.partition("-")[0]
    blows.kills[f"{sort} {signal.Signals(number).name}"] += 1
    if number == signal.SIGTERM and (code not in (0, -signal.SIGTERM) or seconds > 15):
        blows.exits.append(f"{name}: {code} after {seconds:.1f} s")
    over.wait(away)
    troupe.start(name)
    _note(troupe, blows, sort, name, began, since, over)


def _note(
    troupe: Troupe, blows: Blows, sort: str, name: str, began: float, since: dt.datetime, over: threading.Event
) -> None:
    try:
        took = _recovery(troupe, name, began, since, over)
    except TimeoutError:
        blows.not_recovered.append(f"{sort}: {name}")
        return
    if took is not None:
        blows.recovered[sort].append(took)


def _restart_postgres(troupe: Troupe, blows: Blows, away: float, over: threading.Event) -> None:
    """It dies as in a crash and is started again; until every process is of use again."""
    began, since = time.monotonic(), dt.datetime.now(dt.UTC)
    troupe.there.database.stop()
    blows.kills["postgres"] += 1
    time.sleep(away)
    troupe.there.database.start()
    for name in (*APPS, *WORKERS):
        _note(troupe, blows, "postgres", name, began, since, over)


def torment(troupe: Troupe, blows: Blows, seconds: float, seed: int, over: threading.Event) -> None:
    """Blow after blow until ``seconds`` are over: one of the four at a time, the Postgres at a third and two thirds."""
    chance, began = random.Random(seed), time.monotonic()
    marks, bag = [seconds / 3, 2 * seconds / 3], list[str]()
    while (gone := time.monotonic() - began) < seconds and not over.is_set():
        if marks and gone >= marks[0]:
            marks.pop(0)
            _restart_postgres(troupe, blows, chance.uniform(0.5, 3.0), over)
            continue
        if not bag:  # each of the four once, then again
            bag = chance.sample((*APPS, *WORKERS), 4)
        name = bag.pop()
        number = chance.choice((signal.SIGKILL, signal.SIGTERM))
        _hit(troupe, blows, name, number, chance.uniform(0.0, 2.0), over)
        over.wait(chance.uniform(0.0, min(5.0, seconds / 10)))
