"""`python -m agents run [--every 300]`: the agents look every so many seconds and hand in what they propose, and
people are told what they asked to be told of."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import threading

from agents.gate import Gate
from agents.notices.rights import sees_of
from agents.notices.round import tell
from agents.round import run_forever, run_once
from approvals.people.identity import directory_of
from approvals.people.roles import policy_at
from approvals.reading.in_force import Watch
from approvals.store.store import open_store
from logs import install_for_command
from settings import settings
from warehouse.open import close_readers, name_again, open_reader


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m agents", description=__doc__)
    parser.add_argument("what", choices=("run",))
    parser.add_argument("--every", type=float, default=0.0, help="seconds between two rounds; 0: one round only")
    chosen = parser.parse_args(arguments)
    store, reader, stop = open_store(settings()), open_reader(settings(), _now), threading.Event()
    sees = sees_of(settings(), directory_of(settings()))
    gate = Gate()
    watched = Watch(store, settings(), name_again)

    def look() -> bool:
        """Whether every agent could look."""
        watched.look()
        looks = run_once(store, reader, _now(), gate, policy_at(settings().policy)).looks
        tell(store, reader, sees, _now())
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
