"""Who works behind the pages: executors, and one who takes in drafts, sweeps, delivers messages and signs the ledger.

Threads on a laptop, the same in a process of their own (``python -m actions worker``). Any number may run anywhere:
everything they share is in the store.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from functools import partial

from actions.deliver import deliver
from actions.desk import Desk
from actions.executor import Executor
from actions.facts import good_until
from actions.failures import describe_error
from actions.intake import take_drafts
from approvals.deciding.escalation import escalate
from approvals.deciding.forgetting import forget
from approvals.deciding.sweeps import sweep
from approvals.ledger import checkpoints
from approvals.ledger.second_place import place_of
from approvals.reading.in_force import in_force
from approvals.store.store import Store
from settings import Settings

LOG = logging.getLogger("lakehelm.actions")
IDLE, CHORES, SIGN = 0.5, 2.0, 10.0  # seconds between two looks
OBSERVE, FORGET = 1800.0, 3600.0  # agents let the warehouse sleep
BEGIN = 10.0  # seconds after the start in which agents do not look: whoever opens the first page comes first


def webhooks_of(chosen: Settings) -> dict[str, str]:
    """URL by channel; a part without ``=`` is left out (`python -m deploy preflight` says so)."""
    parts = (one.partition("=") for one in chosen.webhooks.split(","))
    return {channel.strip(): url.strip() for channel, sign, url in parts if sign}


class Workers:
    """Threads that work until :meth:`stop`. Each of ``observe`` is called every half hour: what the agents see becomes
    drafts, and people are told what they asked for. ``chosen`` says where the ledger's checkpoints and the messages go, and
    what signs them: raises :class:`approvals.ledger.checkpoints.NoKey` and
    :class:`approvals.ledger.checkpoints.KeyNotPrivate`."""

    def __init__(
        self, desk: Desk, chosen: Settings, *, executors: int = 1, observe: Sequence[Callable[[], object]] = ()
    ) -> None:
        self._desk, self._chosen, self._webhooks = desk, chosen, webhooks_of(chosen)
        self._key = checkpoints.own_key(chosen)
        self._checkpoints = place_of(chosen)
        self._over = threading.Event()
        name = f"{socket.gethostname()}-{os.getpid()}"
        works = [Executor(desk, f"{name}-{number}") for number in range(executors)]
        self._threads = [threading.Thread(target=self._execute, args=(one,), daemon=True) for one in works]
        self._threads.append(threading.Thread(target=self._every, args=(CHORES, self._chores), daemon=True))
        self._threads.append(threading.Thread(target=self._every, args=(SIGN, self._sign), daemon=True))
        self._threads.append(threading.Thread(target=self._every, args=(FORGET, self._forget), daemon=True))
        for look in observe:
            self._threads.append(threading.Thread(target=self._every, args=(OBSERVE, look, BEGIN), daemon=True))

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 10.0) -> None:
        """Begin nothing more and wait for what is under way; what does not end in time is taken up by others."""
        self._over.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(patience / len(self._threads))

    def _execute(self, executor: Executor) -> None:
        while not self._over.is_set():
            try:
                worked = executor.work_one()
            except Exception as error:
                LOG.error("execution: %s", describe_error(error))
                worked = False
            if not worked:
                self._over.wait(IDLE)

    def _every(self, seconds: float, work: Callable[[], object], after: float = 0.0) -> None:
        self._over.wait(after)
        while not self._over.is_set():
            try:
                work()
            except Exception as error:
                LOG.error("%s: %s", getattr(work, "__name__", "work"), describe_error(error))
            self._over.wait(seconds)

    def _chores(self) -> None:
        in_force(self._chosen)  # what proposals changed of the settings counts here, too
        take_drafts(self._desk)
        sweep(self._desk.store, partial(good_until, desk=self._desk))
        escalate(self._desk.store, self._desk.policy.escalation)
        deliver(self._desk.store, self._webhooks)

    def _forget(self) -> None:
        forget(self._desk.store, self._chosen.people_days)

    def _sign(self) -> None:
        """In a thread of its own: a second place that is slow or away keeps nobody from anything else."""
        checkpoints.write_due(self._desk.store, self._checkpoints, self._key, _now(self._desk.store))


def _now(store: Store) -> dt.datetime:
    with store.reading() as tx:
        return tx.now
