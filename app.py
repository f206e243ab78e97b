"""The front door: one ASGI app around ``pages/shell.py``. ``streamlit run app.py`` finds and serves it."""

from __future__ import annotations

import gc
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import streamlit as st

import logs
from components.frame.warm_up import warm_up
from pages.map import pages
from pages.parts.watched import watched
from settings import settings
from web.http_guard import LAYERS, only_here

SHELL = Path(__file__).with_name("pages") / "shell.py"


def open_resources(house: ExitStack) -> None:
    """Open the reader and the desk where proposals are worked on, before the first visit; ``house`` closes them."""
    gc.disable()  # nearly all of what is made now stays: to look it through for garbage again and again takes seconds
    warm_up(SHELL)
    pages()  # imported now, so that nobody waits for it
    from actions.open import open_in_time
    from actions.workers import Workers
    from agents.gate import Gate
    from agents.keeping_grants import keep_grants
    from agents.narrating import model_of
    from agents.notices.rights import sees_of
    from agents.notices.round import tell
    from agents.round import run_once
    from agents.trace_store import begin_traces, traces_of
    from approvals.people import identities
    from components.runtime.state import clock
    from warehouse.open import close_readers, open_reader
    from workspace_client import SignIn

    chosen, sign_in = settings(), None
    if chosen.profile == "embedded":
        from demo.laptop import laptop

        there = house.enter_context(laptop(chosen, clock()))
        sign_in = SignIn(there.url, token=there.token)
    house.callback(close_readers)
    (reader := open_reader(chosen, clock)).prepare()
    house.callback((over := threading.Event()).set)

    def work() -> None:
        desk = open_in_time(chosen, reader, sign_in, over)
        if desk:
            identities.keep(identities.Identities(lambda: desk.workspaces.people))
            identities.known()  # asked now, so that the first page has names
        if desk and chosen.may_act and chosen.workers:
            gate, model, traced = Gate(), model_of(chosen, sign_in), traces_of(chosen) is not None
            sees, tiles = sees_of(chosen, desk.directory), lambda figure, now: watched(figure, reader, now)
            observing = (
                lambda: run_once(desk.store, reader, clock(), gate, desk.policy, model=model, traced=traced),
                lambda: tell(desk.store, reader, sees, clock(), tiles),
                lambda: keep_grants(desk.store, reader, clock()),
            )
            workers = Workers(desk, chosen, executors=chosen.workers, observe=observing)
            house.callback(workers.stop)
            workers.start()
        if desk and chosen.may_act:  # also where the executors run elsewhere
            house.callback(begin_traces(desk.store, chosen))

    threading.Thread(target=work, daemon=True).start()  # the store may have to wait for a server, the pages do not
    gc.collect()
    gc.freeze()  # what is here now is here to stay: every collection spares it
    gc.enable()


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Ready before the first visitor; connections given back at the end."""
    logs.install(settings().secrets)
    only_here(settings(), st.get_option("server.address"))
    with ExitStack() as house:
        open_resources(house)
        yield


app = st.App(SHELL, lifespan=lifespan, middleware=LAYERS)
