"""The app, where the address chooses which face all answers have (``face=empty``) and who looks (``who=limited``)."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import streamlit as st

from app import SHELL
from app import lifespan as opened
from approvals.people.roles import ALL, Roles, RowLimits
from components.frame import identity
from components.runtime import state
from components.runtime.state import Reads, clock
from settings import Settings, settings
from tests.components.faced_reader import Face, Faced
from warehouse.interface import Answer, Ask, ask
from warehouse.open import open_reader
from web.http_guard import LAYERS

NO_ROLE = "You are signed in, but no group of yours has a role here."


@dataclass(frozen=True)
class ByAddress:
    """The answers of ``reader``, with the face that the address of the page that asks has in it."""

    reader: Reads

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        return self._now().submit(question, page=page)

    def peek(self, question: Ask) -> Answer | None:
        return self._now().peek(question)

    def invalidate(self, query: str | None = None) -> None:
        self.reader.invalidate(query)

    def _now(self) -> Reads:
        face = st.query_params.get("face")
        return Faced(self.reader, cast(Face, face)) if face else self.reader


def found(chosen: Settings) -> identity.Viewer | str:
    """Who looks."""
    who = st.query_params.get("who", "")
    if who == "without a role":
        return NO_ROLE
    return identity.Viewer("dev:local", True, _roles(who))


def _roles(who: str) -> Roles:
    if who == "limited":
        there = open_reader(settings(), clock).submit(ask("platform.workspaces")).result(60).table
        assert there is not None
        return Roles(looks=True, limits=RowLimits(workspaces=frozenset(there["workspace_id"].to_pylist()[:1])))
    return Roles(looks=True) if who == "only looks" else ALL


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """As the app's own; what its server runs on is written down."""
    (settings().home / "loop").write_text(type(asyncio.get_running_loop()).__module__)
    async with opened(app):
        identity._found = found
        with state.using(ByAddress(open_reader(settings(), clock)), now):
            yield


app = st.App(SHELL, lifespan=lifespan, middleware=LAYERS)
