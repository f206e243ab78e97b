"""Two apps and two workers on one Postgres, killed and started again by chance under load, the Postgres too. Afterwards
everything has to be at its end: nothing lost, nothing done twice. The workspace is the emulated one, and counts what was
really done."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from approvals.deciding.drafts import HELD
from approvals.reading.ledger_export import verify_store
from approvals.store.tables import DRAFTS, EXECUTIONS, PROPOSALS
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK
from bench.chaos_blows import APPS, MANY, WORKERS, Blows, Troupe, torment
from bench.chaos_load import AGENT, Loads, hand_in, visit, vote
from bench.deployed import Deployed, deployed, wait_healthy
from bench.machine import machine
from bench.serving import free_port
from demo.lakehouse import build
from settings import ROOT

DRAIN = 300.0  # seconds at most


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


def _open(there: Deployed) -> Counter[str]:
    """What is not at its end: drafts, proposals and executions of the load."""
    done = sorted(EXECUTION.final | NEEDS_A_LOOK)
    with there.store.reading() as tx:
        asked = {
            "drafts": sa.select(sa.func.count())
            .select_from(DRAFTS)
            .where(DRAFTS.c.state.in_(("pending", "taken")), DRAFTS.c.principal == AGENT.principal),
            "proposals": sa.select(sa.func.count())
            .select_from(PROPOSALS)
            .where(PROPOSALS.c.state == "open", PROPOSALS.c.agent_id == AGENT.id),
            "executions": sa.select(sa.func.count())
            .select_from(EXECUTIONS)
            .where(EXECUTIONS.c.state.not_in(done), EXECUTIONS.c.agent_id == AGENT.id),
        }
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
    return {
        "drafts": len(loads.handed_in),
        "ends": dict(found),
        "effects": sum(effects.values()),
        "lost": len(lost),
        "double": len(double),
        "which": (lost + double)[:10],
        "failed_because": dict(failed),
    }


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
        "seconds": round(seconds),
        "seed": seed,
        "kills": dict(blows.kills),
        "votes": loads.votes,
        **reckoned(there, loads),
        "drain_s": round(took, 1),
        "not_drained": dict(+left),
        "drafts_held_by_the_dead": held,
        "pages": {
            "asked": asked,
            "served": served,
            "share": round(served / max(asked, 1), 4),
            "at_the_first_app": loads.pages["first"],
            **_figures(loads.page_seconds),
            "failures": loads.failures[-5:],
        },
        "recovery_s": {sort: _figures(one) for sort, one in blows.recovered.items()},
        "not_recovered": blows.not_recovered,
        "bad_exits": blows.exits,
        "ledger": verify_store(there.store).code,
    }


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
