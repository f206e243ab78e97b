"""Opens a page of a running app the way a browser does, over Streamlit's WebSocket, and waits for its script's end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RUNNING = ("new_session",)


@dataclass(frozen=True)
class Run:
    """One run of a page: seconds until its script ended, and the kinds of the exceptions it showed."""

    seconds: float
    exceptions: tuple[str, ...]


class NoRun(Exception):
    """The page was not run to its end; the message says why."""


def run_page(url: str, page: str, headers: Mapping[str, str], patience: float) -> Run:
    """Run ``page`` (its URL path) in a session of its own; raises :class:`NoRun` after ``patience`` seconds."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    wanted = BackMsg()
    wanted.rerun_script.page_name = page
    began, exceptions, begun = time.monotonic(), list[str](), False
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    how: dict[str, Any] = {"subprotocols": ["streamlit"], "max_size": None, "open_timeout": patience, "close_timeout": 1,
                           "origin": url, "additional_headers": dict(headers)}  # fmt: skip
    try:
        with connect(address, **how) as socket:
            socket.send(wanted.SerializeToString())
            while True:
                left = began + patience - time.monotonic()
                if left <= 0:
                    raise NoRun(f"its script had not ended after {patience:g} s")
                raw = socket.recv(timeout=left)
                seen = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
                kind = seen.WhichOneof("type")
                begun = begun or kind in RUNNING
                if kind == "delta" and seen.delta.new_element.WhichOneof("type") == "exception":
                    exceptions.append(seen.delta.new_element.exception.type or "an error")
                if kind == "page_not_found":
                    raise NoRun("there is no such page")
                if begun and kind == "script_finished":
                    if seen.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        exceptions.append("SyntaxError")
                    return Run(time.monotonic() - began, tuple(exceptions))
    except TimeoutError as error:
        raise NoRun(f"its script had not ended after {patience:g} s") from error
    except (OSError, WebSocketException) as error:
        raise NoRun(f"no session ({type(error).__name__})") from error
