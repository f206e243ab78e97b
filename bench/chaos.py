"""Two apps and two workers on one Postgres, killed and started again by chance under load, the Postgres too. Afterwards
everything has to be at its end: nothing lost, nothing done twice. The workspace is the emulated one, and counts what was
really done."""

from __future__ import annotations

import datetime as dt
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from approvals.deciding.drafts import HELD
from approvals.reading.ledger_export import verify_store
from approvals.store.tables import DRAFTS, EXECUTIONS, LEDGER, PROPOSALS
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK
from bench.chaos_load import AGENT, AWAY, Loads, hand_in, opened, visit, vote
from bench.deployed import Deployed, Started, deployed, forwarded, wait_healthy
from bench.forwarded import NoPage
from bench.machine import machine
from bench.serving import free_port
from demo.lakehouse import build
from settings import ROOT

APPS, WORKERS = ("app-1", "app-2"), ("worker-1", "worker-2")
MANY = 10**6
DRAIN, RECOVERY = 300.0, 120.0  # seconds at most


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


def policy_in(folder: Path) -> Path:
    """The default policy with nothing to wait for: no time to take back, budgets that are not used up."""
    told = yaml.safe_load((ROOT / "policies" / "default.yaml").read_text())
    told["times"]["undo"] = ["0s", "1s", "1s", "1s", "1s"]
    limits = {"actions": MANY, "prod_objects": MANY, "principals": MANY, "money": MANY}
    for name, value in told["budgets"].items():
        if name == "least":
            told["budgets"][name] = {}
        elif isinstance(value, dict):
            told["budgets"][name] = {"hour": dict(limits), "day": dict(limits)}
        elif isinstance(value, int):
            told["budgets"][name] = MANY
    told["agents"].append(
        {"id": "chaos.agent", "principal": "agent:chaos", "kinds": ["job.*", "tag.*"], "evidence": False}
    )
    path = folder / "policy.yaml"
    path.write_text(yaml.safe_dump(told))
    return path


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


def _open(there: Deployed) -> Counter[str]:
    """What is not at its end: drafts, proposals and executions of the load."""
    done = sorted(EXECUTION.final | NEEDS_A_LOOK)
    with there.store.reading() as tx:
        asked = {
            "drafts": sa.select(sa.func.count()).select_from(DRAFTS).where(
                DRAFTS.c.state.in_(("pending", "taken")), DRAFTS.c.principal == AGENT.principal),
            "proposals": sa.select(sa.func.count()).select_from(PROPOSALS).where(
                PROPOSALS.c.state == "open", PROPOSALS.c.agent_id == AGENT.id),
            "executions": sa.select(sa.func.count()).select_from(EXECUTIONS).where(
                EXECUTIONS.c.state.not_in(done), EXECUTIONS.c.agent_id == AGENT.id),
        }  # fmt: skip
        return Counter({name: int(tx.connection.execute(one).scalar_one()) for name, one in asked.items()})


def _pass_the_hold(there: Deployed) -> int:
    """Drafts that a dead worker had taken are held for a while; that time passes at once. How many they were."""
    with there.store.writing() as tx:
        mine = sa.and_(DRAFTS.c.state == "taken", DRAFTS.c.principal == AGENT.principal)
        return tx.connection.execute(sa.update(DRAFTS).where(mine).values(taken_at=tx.now - 2 * HELD)).rowcount


def _drained(there: Deployed, most: float) -> tuple[float, Counter[str], int]:
    """Seconds until nothing was open, what still was, and how many drafts waited for their hold."""
    began, held = time.monotonic(), 0
    while +(left := _open(there)) and time.monotonic() - began < most:
        if left["drafts"] and time.monotonic() - began > 15 and not held:
            held = _pass_the_hold(there)
        time.sleep(0.5)
    return time.monotonic() - began, left, held


def reckoned(there: Deployed, loads: Loads) -> dict[str, Any]:
    """What became of every draft, set against what the workspace says was really done to its target."""
    effects = Counter(one.id for one in there.effects())
    with there.store.reading() as tx:
        drafts = {row.draft_id: row for row in tx.connection.execute(sa.select(DRAFTS))}
        states = {row.proposal_id: row.state for row in tx.connection.execute(sa.select(PROPOSALS))}
        ends = {
            row.proposal_id: row for row in tx.connection.execute(sa.select(EXECUTIONS)) if row.state != "cancelled"
        }
    lost, double, found, failed = [], [], Counter[str](), Counter[str]()
    for draft_id, draft in loads.handed_in.items():
        proposal_id = drafts[draft_id].proposal_id if draft_id in drafts else None
        row, count = ends.get(str(proposal_id)), effects[draft.target.id]
        end = row.state if row is not None else states.get(str(proposal_id), "no proposal")
        found[end] += 1
        if row is not None and end == "failed":
            failed[f"{row.kind}: {row.error_class} {row.error_text or ''}"[:160]] += 1
        if count > 1:
            double.append(f"{draft.kind} {draft.target.id}: {count}")
        if {"verified": count != 1, "failed": count != 0}.get(end, True):
            why = drafts[draft_id].why if draft_id in drafts else "no draft"
            lost.append(f"{draft.kind} {draft.target.id}: {end}, {count} effects {why}".strip())
    return {"drafts": len(loads.handed_in), "ends": dict(found), "effects": sum(effects.values()),
            "lost": len(lost), "double": len(double), "which": (lost + double)[:10], "failed_because": dict(failed)}  # fmt: skip


def _figures(seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        return {"count": 0}
    return {"count": len(seconds), "p50_s": round(statistics.median(seconds), 1), "max_s": round(max(seconds), 1)}


def chaos(minutes: float = 10.0, seed: int = 1, every: float = 2.0) -> dict[str, Any]:
    """The drill for ``minutes``, a draft every ``every`` seconds. Lost: not at its end afterwards, or at one that says
    something else than what happened. Double: more than one effect. Bounded: at most six minutes more."""
    before, seconds = machine(), minutes * 60
    with tempfile.TemporaryDirectory(prefix="lakehelm-chaos-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        folder.chmod(0o755)
        lakehouse = folder / "lakehouse" / "lakehouse.duckdb"
        lakehouse.parent.mkdir()
        build(lakehouse, seed=7, scale=0.1, now=dt.datetime.now(dt.UTC))
        with deployed(folder / "there", lakehouse, many=True) as there:
            troupe = Troupe(there, policy_in(folder), {name: free_port() for name in APPS})
            try:
                return _drill(troupe, lakehouse, seconds, seed, every) | {
                    "machine": [before["load"], machine()["load"]]
                }
            finally:
                troupe.end()


def _drill(troupe: Troupe, lakehouse: Path, seconds: float, seed: int, every: float) -> dict[str, Any]:
    there, loads, blows = troupe.there, Loads(), Blows()
    over, ended = threading.Event(), threading.Event()
    for name in APPS:
        wait_healthy(troupe.start(name))
    for name in WORKERS:
        troupe.start(name)
    threads = [
        _thread(loads, over, hand_in, there, lakehouse, loads, every, over),
        *(_thread(loads, over, visit, there, loads, troupe.apps, min(every, 1.0), seed + n, over) for n in range(2)),
        _thread(loads, over, vote, there, loads, ended),  # people vote until nothing is open
    ]
    torment(troupe, blows, seconds, seed, over)
    over.set()
    for name in (*APPS, *WORKERS):
        if not troupe.running[name].lives:
            blows.not_recovered.append(f"{name} does not live: {troupe.running[name].said(500)}")
    took, left, held = _drained(there, DRAIN)
    ended.set()
    for one in threads:
        one.join(60)
    if loads.broken:
        raise loads.broken[0]
    served, asked = loads.pages["first"] + loads.pages["second"], loads.pages.total()
    return {
        "seconds": round(seconds), "seed": seed, "kills": dict(blows.kills), "votes": loads.votes, **reckoned(there, loads),
        "drain_s": round(took, 1), "not_drained": dict(+left), "drafts_held_by_the_dead": held,
        "pages": {"asked": asked, "served": served, "share": round(served / max(asked, 1), 4),
                  "at_the_first_app": loads.pages["first"], **_figures(loads.page_seconds), "failures": loads.failures[-5:]},
        "recovery_s": {sort: _figures(one) for sort, one in blows.recovered.items()},
        "not_recovered": blows.not_recovered, "bad_exits": blows.exits, "ledger": verify_store(there.store).code,
    }  # fmt: skip


def _thread(loads: Loads, over: threading.Event, work: Callable[..., None], *given: object) -> threading.Thread:
    def run() -> None:
        try:
            work(*given)
        except BaseException as error:
            loads.broken.append(error)
            over.set()

    made = threading.Thread(target=run, daemon=True)
    made.start()
    return made
