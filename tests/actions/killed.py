"""A worker in a process of its own that kills itself with SIGKILL at a checkpoint: nothing is flushed, nothing is said."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from multiprocessing.process import BaseProcess
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["tests.actions.forked", "databricks.sdk", "actions.registry", "sqlalchemy.dialects.sqlite"]
)


def ready() -> None:
    """Start what workers are forked from, with all that it imports, which the first of them would else be charged for."""
    first = CONTEXT.Process(target=os.getpid)
    first.start()
    first.join(60)


def die_at(url: str, hosts: dict[str, str], now: dt.datetime, checkpoint: str | None, acting: str) -> BaseProcess:
    """The process of a worker that works off what is due at ``now`` and dies when it first comes to ``checkpoint``."""
    made = CONTEXT.Process(target=_work, args=(url, hosts, now, checkpoint, acting))
    made.start()
    made.join(60)
    return made


def _work(url: str, hosts: dict[str, str], now: dt.datetime, checkpoint: str | None, worker: str) -> None:
    from actions.desk import Desk
    from actions.executor import Executor
    from actions.workspaces import Workspaces
    from approvals.store.store import Store
    from approvals.store.store import engine as opened
    from demo.names import PROD as HOME
    from demo.workspace.people import APP_TOKEN
    from tests.actions.office import crowd, the_policy
    from tests.approvals.office import later
    from workspace_client import SignIn

    def clock(_connection: Any) -> dt.datetime:
        return now

    def reached(name: str) -> None:
        if name == checkpoint:
            os.kill(os.getpid(), signal.SIGKILL)

    desk = Desk(
        Store(opened(url), clock),
        Workspaces(SignIn(hosts[HOME], token=APP_TOKEN), lambda: hosts),
        crowd(),
        the_policy(),
    )
    executor = Executor(desk, worker, checkpoint=reached, beat=3600, ticks=later())
    while executor.work_one():
        pass
    os._exit(0)
