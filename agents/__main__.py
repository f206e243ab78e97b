"""`python -m agents run [--every 300] [--dimension finops] [--as-of TIME]`: the agents look every so many seconds and hand in what
they propose, and people are told what they asked to be told of. `python -m agents explain PROPOSAL` says how one came about."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import threading

from agents.explain import explain
from agents.gate import Gate
from agents.narrating import model_of
from agents.notices.rights import sees_of
from agents.notices.round import tell
from agents.round import run_forever, run_once
from agents.trace_store import traces_of
from approvals.people.identity import directory_of
from approvals.people.roles import policy_at
from approvals.reading.in_force import Watch
from approvals.store.store import open_store
from approvals.values.refusals import NoSuchProposal
from dimensions import DIMENSIONS
from logs import install_for_command
from settings import settings
from warehouse.open import close_readers, name_again, open_reader


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agents", description=__doc__)
    verbs = parser.add_subparsers(dest="what", required=True)
    run = verbs.add_parser("run", help="look, and hand in what is proposed")
    run.add_argument("--every", type=float, default=0.0, help="seconds between two rounds; 0: one round only")
    run.add_argument("--dimension", choices=sorted(DIMENSIONS), help="only the agents of this one")
    run.add_argument("--as-of", type=_moment, help="look as if it were this time (ISO format, UTC); one round only")
    explain = verbs.add_parser("explain", help="how a proposal came about")
    explain.add_argument("proposal", help="its id")
    return parser


def _explained(proposal_id: str) -> int:
    try:
        sys.stdout.write(f"{explain(open_store(settings()), proposal_id)}\n")
    except NoSuchProposal as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def main(arguments: list[str]) -> int:
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.what == "explain":
        return _explained(chosen.proposal)
    if chosen.as_of and chosen.every > 0:
        parser.error("--as-of is for one round: leave --every out")
    now = (lambda: chosen.as_of) if chosen.as_of else _now
    store, reader, stop = open_store(settings()), open_reader(settings(), now), threading.Event()
    sees = sees_of(settings(), directory_of(settings()))
    gate, model = Gate(), model_of(settings())
    traced = traces_of(settings()) is not None and not chosen.as_of
    watched = Watch(store, settings(), name_again)

    def look() -> bool:
        """Whether every agent could look."""
        watched.look()
        policy, dimension = policy_at(settings().policy), chosen.dimension or ""
        looks = run_once(store, reader, now(), gate, policy, dimension, model, traced=traced).looks
        if not (chosen.as_of or chosen.dimension):
            tell(store, reader, sees, now())
        return not any(one.could_not for one in looks)

    try:
        if chosen.every <= 0:
            return 0 if look() else 1
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run_forever(look, chosen.every, stop)
        return 0
    finally:
        close_readers()


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
