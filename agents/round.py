"""One round of all agents: look, judge, hand in. Run by ``python -m agents run`` or by a thread of the app."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from agents import budget, cycles, flooring, incidents, proposing, raising
from agents.capability import Capability
from agents.gate import Gate, newest_rows
from agents.given import given
from agents.incident_owners import Owners
from agents.narrating import PATIENCE, Model, Narrator
from agents.proposing import Scan, Submitted
from approvals.deciding import autonomy, drafts, told_cycles
from approvals.deciding.came_of import ended
from approvals.learning.standing import standings
from approvals.policy.rules import Policy
from approvals.store.store import Store
from approvals.values.value import Json
from warehouse.reader import Reader

_LOG = logging.getLogger("lakehelm.agents")


def _found() -> Iterator[Capability]:
    """Those that the files of ``agents/<dimension>/`` declare as ``CAPABILITY``; the other files there help them."""
    for path in sorted(Path(__file__).parent.glob("*ops/*.py")):
        module = import_module(f"agents.{path.parent.name}.{path.stem}")
        declared = getattr(module, "CAPABILITY", None)
        if isinstance(declared, Capability):
            yield declared


CAPABILITIES = tuple(_found())
AT_ONCE = 4  # capabilities that look at a time: of the questions in flight, most places are for people


@dataclass(frozen=True)
class Summary:
    """What a round at ``at`` (UTC) gave: the looks of all capabilities, and what was handed in by each."""

    at: dt.datetime
    looks: tuple[Scan, ...] = ()
    submitted: tuple[Submitted, ...] = ()

    @property
    def new(self) -> tuple[str, ...]:
        """Ids of the drafts that were not there before."""
        return tuple(one for each in self.submitted for one in each.new)

    @property
    def told(self) -> Iterator[str]:
        """What each capability did and saw: a text for each, as a line of the log is not as long as all of them."""
        for each, handed in zip(self.looks, self.submitted, strict=True):
            done = f"{len(handed.new)} new, {handed.known} known, {len(handed.refused)} refused"
            seen = [f"  {one.entity!r}: {one.why_not or 'proposed'}" for one in each.observations]
            yield "\n".join([f"{each.capability}: {each.could_not or done}", *seen])

    def __str__(self) -> str:
        return "\n".join(self.told)


def run_once(
    store: Store,
    reader: Reader,
    now: dt.datetime,
    gate: Gate | None = None,
    policy: Policy | None = None,
    dimension: str = "",
    model: Model | None = None,
    traced: bool = False,
) -> Summary:
    """Let every agent look at ``now`` (UTC) and hand in what it proposes, as far as the day's budget goes
    (:mod:`agents.budget`); what it saw, and why it left things alone, goes to the log. :data:`AT_ONCE` look at a time; one that fails
    spoils nothing for the others. With a ``gate``, which the next round gets again, only those look for whom there is
    anything new; what the others saw last stands. ``policy`` names the groups that are told where no owner is known.
    Only agents of ``dimension`` look (empty: all). A ``model`` may put what is handed in into words of its own. Where it is
    ``traced`` the store keeps what it was, to be told elsewhere."""
    began, took = time.monotonic(), dict[str, tuple[float, float]]()
    able = [one for one in CAPABILITIES if one.name.startswith(f"{dimension}." if dimension else "")]
    beside = given(store, policy, now)
    newest = newest_rows(reader) if gate else {}

    def look(one: Capability) -> Scan:
        if gate and newest and (last := gate.still(one, newest, beside, now)):
            return last
        at = time.monotonic() - began
        seen = proposing.scan(one, reader, now, beside)
        took[one.name] = at, time.monotonic() - began
        if gate:
            gate.keep(one, seen, newest, beside, now)
        return seen

    with ThreadPoolExecutor(AT_ONCE, "lakehelm-agents") as pool:
        looking = [pool.submit(look, one) for one in able]
        scans = [_scanned(one, scan) for one, scan in zip(able, looking, strict=True)]
    incidents.record(store, zip(able, scans, strict=True), lambda: Owners.read(reader, beside, now))
    in_force = policy.digest if policy else ""
    looks = [_looked(store, one, scan, in_force) for one, scan in zip(able, scans, strict=True)]
    with store.reading() as tx:
        spent, heard = drafts.handed_in_since(tx, proposing.QUIET), drafts.heard_since(tx, budget.HEARD)
        trust = {agent: one.agreement.high for (agent, _kind), one in standings(ended(tx)).items()}
    if policy is not None:
        _told_less(store, policy)
        _more_trust(store, policy)
        _floors(store, policy)
    ours = {one.agent.principal: one.name.partition(".")[0] for one in CAPABILITIES}
    by_dimension = {ours[principal]: count for principal, count in spent.items() if principal in ours}
    urgent = {one.name for one in able if one.urgent}
    kept = budget.within({one.capability: one.observations for one, _ in looks}, by_dimension, urgent, heard, trust)
    narrate = Narrator(model, time.monotonic() + PATIENCE) if model else None
    done = [
        _handed_in(store, one, replace(seen, observations=kept[one.name]), known, narrate)
        for one, (seen, known) in zip(able, looks, strict=True)
    ]
    summary = Summary(now, tuple(seen for seen, _ in done), tuple(handed for _, handed in done))
    for one in summary.told:
        _LOG.info("%s", one)
    if traced and took:
        _kept(store, now, cycles.told(took, able, scans, summary.looks, summary.submitted))
    return summary


def _kept(store: Store, at: dt.datetime, said: Json) -> None:
    """Keep what the round was: who tells the trace store does that elsewhere."""
    try:
        with store.writing() as tx:
            told_cycles.keep(tx, at, said)
    except Exception:
        _LOG.exception("the round has no trace")


def _told_less(store: Store, policy: Policy) -> None:
    """Tell whoever is told where nobody decides that an agent is trusted less."""
    try:
        with store.writing() as tx:
            autonomy.tell(tx, policy.escalation.lead or policy.groups.admin)
    except Exception:
        _LOG.exception("nobody was told which agents are trusted less")


def _more_trust(store: Store, policy: Policy) -> None:
    """Propose that agents which have earned it are trusted more."""
    try:
        raising.propose_more_trust(store, policy)
    except Exception:
        _LOG.exception("no more trust was proposed")


def _floors(store: Store, policy: Policy) -> None:
    """Propose that agents leave away what is not worth people's look."""
    try:
        flooring.propose_floors(store, policy)
    except Exception:
        _LOG.exception("no floor was proposed")


def _scanned(capability: Capability, looking: Future[Scan]) -> Scan:
    try:
        return looking.result()
    except Exception as error:
        _LOG.exception("%s failed", capability.name)
        return Scan(capability.name, could_not=f"failed: {type(error).__name__}")


def _looked(store: Store, capability: Capability, seen: Scan, policy: str) -> tuple[Scan, int]:
    """What a capability found worth a proposal, and how many of those were handed in before."""
    try:
        # Asked before any are chosen: what was decided against takes no place, what still waits for people does.
        observations, known = proposing.fresh(store, seen.observations, policy=policy)
        return replace(seen, observations=proposing.chosen(observations, proposing.MOST - known)), known
    except Exception as error:
        _LOG.exception("%s failed", capability.name)
        return Scan(capability.name, could_not=f"failed: {type(error).__name__}"), 0


def _handed_in(
    store: Store, capability: Capability, seen: Scan, known: int, narrate: Narrator | None
) -> tuple[Scan, Submitted]:
    try:
        drafts = [narrate(one) for one in seen.drafts] if narrate else seen.drafts
        return seen, proposing.submit(store, drafts, capability.agent.principal, known=known)
    except Exception as error:
        _LOG.exception("%s failed", capability.name)
        return Scan(capability.name, could_not=f"failed: {type(error).__name__}"), Submitted()


def run_forever(look: Callable[[], object], every: float, stop: threading.Event) -> None:
    """A round, which is to ``look``, every ``every`` seconds until ``stop`` is set; one that fails is logged and the next one
    tried."""
    while not stop.is_set():
        try:
            look()
        except Exception:
            _LOG.exception("a round failed")
        stop.wait(every)
