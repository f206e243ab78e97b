"""A person without a browser: speaks Streamlit's own WebSocket protocol, opens pages and waits for the script's end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect


@dataclass(frozen=True)
class Seen:
    """One run of a page: seconds from the click to the script's end, bytes received, messages, exceptions shown."""

    seconds: float
    size: int
    messages: int
    exceptions: int


@dataclass
class Person:
    """A session; :meth:`open` navigates as a click in the sidebar does."""

    socket: Any
    cached: dict[str, bytes] = field(default_factory=dict)

    async def open(self, address: str) -> Seen:
        """Run the page at ``address`` (its URL path and words, "" for the start page), wait until its script has finished."""
        message = BackMsg()
        page, _, words = address.partition("?")
        message.rerun_script.query_string = words
        message.rerun_script.page_name = page
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        size = messages = exceptions = 0
        begun = False
        async for raw in self.socket:
            size, messages = size + len(raw), messages + 1
            seen = ForwardMsg.FromString(raw)
            kind = seen.WhichOneof("type")
            begun = begun or kind == "new_session"
            exceptions += kind == "delta" and seen.delta.new_element.WhichOneof("type") == "exception"
            if (
                begun
                and kind == "script_finished"
                and seen.script_finished
                in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
                )
            ):
                break
        return Seen(time.perf_counter() - started, size, messages, exceptions)


@asynccontextmanager
async def person(url: str) -> AsyncIterator[Person]:
    """A new session on the app at ``url``."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    # No pings: the usual way keeps people waiting longer than a socket would, and that is what is measured.
    async with connect(address, subprotocols=["streamlit"], max_size=None, ping_interval=None) as socket:  # type: ignore[list-item]
        yield Person(socket)
