"""The one desk of this process: opened by the front door or by a worker's command, used by every page."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

from actions import impact, registry
from actions.desk import Desk, Reads
from actions.failures import describe_error, describe_for_person
from actions.workspaces import Workspaces
from approvals.ledger.checkpoints import own_key
from approvals.people.group_names import spelt_as
from approvals.people.people import Directory
from approvals.people.roles import policy_at
from approvals.people.scim import LocalDirectory, ScimDirectory
from approvals.policy.policy_file import load
from approvals.policy.policy_names import meaningless
from approvals.reading import in_force
from approvals.store.store import open_store
from settings import Settings
from warehouse.open import name_again
from workspace_client import SignIn
from workspace_client import sign_in as own_sign_in

LOG = logging.getLogger("lakehelm.actions")
KILL_SWITCH = "LAKEHELM_KILL_SWITCH"
_LOCK = threading.Lock()
_OPEN: list[Desk] = []
_WHY = ["The workspace is being connected."]  # nobody is served yet
AGAIN = 5.0  # seconds


class NotOpen(Exception):
    """No workspace is connected: proposals can be read, not acted on. The message says why, for a person."""


def open_desk(chosen: Settings, reader: Reads | None, sign_in: SignIn | None = None) -> Desk:
    """The desk for ``chosen``, kept for :func:`desk`; from now on this process goes by what proposals changed of the settings,
    too. ``sign_in`` says where the workspace is and who the app is there
    when the settings do not: on a laptop. Raises :class:`approvals.ledger.checkpoints.NoKey`."""
    if chosen.may_act and chosen.workers:
        own_key(chosen)  # who works in this process signs, too
    workspaces = Workspaces(sign_in or own_sign_in(chosen), lambda: impact.hosts(reader))
    scim = ScimDirectory(lambda: workspaces.people, spelt=spelt_as(lambda: policy_at(Path(chosen.policy))))
    directory: Directory = LocalDirectory(scim) if chosen.local_user else scim
    made = Desk(
        store=open_store(chosen),
        workspaces=workspaces,
        directory=directory,
        policy=load(Path(chosen.policy)),
        reader=reader,
        kill=lambda: os.environ.get(KILL_SWITCH, ""),
    )
    in_force.watch(in_force.Watch(made.store, chosen, name_again))
    for said in (*meaningless(made.policy, registry.KINDS), *made.policy.earlier):
        LOG.warning("the policy, %s", said)
    with _LOCK:
        _OPEN[:] = [made]
    return made


def open_in_time(chosen: Settings, reader: Reads | None, sign_in: SignIn | None, over: threading.Event) -> Desk | None:
    """:func:`open_desk`, again and again until it works: its database may be away, its policy may be mended. None when it
    is ``over`` before."""
    while not over.is_set():
        try:
            return open_desk(chosen, reader, sign_in)
        except Exception as error:
            LOG.error("the desk cannot be opened: %s", describe_error(error))
            with _LOCK:
                _WHY[:] = [f"The desk cannot be opened: {describe_for_person(error)}"]
        over.wait(AGAIN)
    return None


def known_desk() -> Desk | None:
    """The desk of this process, where one is open."""
    with _LOCK:
        return _OPEN[0] if _OPEN else None


def desk() -> Desk:
    """The desk of this process; raises :class:`NotOpen` before :func:`open_desk`."""
    with _LOCK:
        if not _OPEN:
            raise NotOpen(_WHY[0])
        return _OPEN[0]


def why_not_open() -> str:
    """What :func:`desk` would say; empty when it is open."""
    with _LOCK:
        return "" if _OPEN else _WHY[0]


def directory() -> Directory | None:
    """Where people are looked up; None before :func:`open_desk`."""
    with _LOCK:
        return _OPEN[0].directory if _OPEN else None
