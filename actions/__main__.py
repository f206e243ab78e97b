"""`python -m actions worker [--executors 1]`: carry out approved proposals in a process of its own, until stopped.

`python -m actions kinds`: the catalogue of what can be done.
"""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import threading

from actions import registry
from actions.open import open_desk
from actions.workers import Workers
from approvals.ledger.checkpoints import KeyNotPrivate, NoKey, own_key
from logs import install_for_command
from settings import settings
from warehouse.open import close_readers, open_reader


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def worker(executors: int) -> int:
    """Work until SIGTERM or SIGINT; what is under way then is finished or left for the next worker to look at."""
    chosen = settings()
    if not chosen.may_act:
        sys.stderr.write("A local user may read a real workspace, not act on it. Sign in as a service principal.\n")
        return 2
    try:
        own_key(chosen)
    except (NoKey, KeyNotPrivate) as error:
        sys.stderr.write(f"No work without a signature: {error}.\n")
        return 2
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    workers = Workers(open_desk(chosen, open_reader(chosen, _now)), chosen, executors=executors)
    workers.start()
    over.wait()
    workers.stop()
    close_readers()
    return 0


def kinds() -> int:
    """Print every kind: name, risk, how it is undone."""
    for name, kind in sorted(registry.KINDS.items()):
        off = "" if kind.enabled else "  (off unless the policy names it)"
        sys.stdout.write(
            f"{name:<34} R{kind.base_risk}  undo: {kind.reversibility:<8} dry run: {kind.dry_run_mode}{off}\n"
        )
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m actions", description=__doc__)
    parser.add_argument("what", choices=("worker", "kinds"))
    parser.add_argument("--executors", type=int, default=1)
    chosen = parser.parse_args(arguments)
    return kinds() if chosen.what == "kinds" else worker(chosen.executors)


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
