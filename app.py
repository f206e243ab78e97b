"""The front door: one ASGI app around ``pages/shell.py``. ``streamlit run app.py`` finds and serves it."""

from __future__ import annotations

import gc
import inspect
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from components.delivery import KnownServer, StaticGzip
from settings import settings

# What pages import when they first need it, and Streamlit when it first draws an icon, a table or a figure.
HEAVY = (
    "PIL.PngImagePlugin", "pyarrow.pandas_compat", "plotly.graph_objs._figure", "plotly.tools", "plotly.offline",
    "agents.detectors.cost_frames", "agents.detectors.promise_frames", "components.show", "components.page",
    *(f"components.panels.{name}" for name in ("chargeback", "finops", "overview", "pipelineops", "runs")),
)  # fmt: skip


def warm_up() -> None:
    """Import what is heavy and open the reader before the first visit; then spare all of it from every collection."""
    for module in HEAVY:
        import_module(module)
    from approvals import store
    from components import menu, state
    from queries.catalogue import catalogue
    from warehouse.open import open_reader

    chosen = settings()
    if chosen.profile == "embedded" and not (chosen.home / "lakehouse.duckdb").exists():
        from demo.lakehouse import ensure

        ensure(chosen, state.clock())
    inspect.stack()  # Streamlit does when it first draws, and the first time takes long: it reads every module's path
    list(map(menu.sources, catalogue()))
    # Only now: two threads that import the same libraries for the first time can block each other (Python 3.11).
    open_reader(chosen, state.clock).prepare()
    threading.Thread(target=store.engine, args=(chosen.store,), daemon=True).start()  # it may have to wait for a server
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Ready before the first visitor; connections given back at the end."""
    warm_up()
    yield
    from warehouse.open import close_readers

    close_readers()


app = st.App("pages/shell.py", lifespan=lifespan, middleware=[Middleware(StaticGzip), Middleware(KnownServer)])
