"""A person behind the platform's proxy, without a browser: opens a page over the WebSocket with the proxy's headers, sees
what stands on it in the end, and presses buttons. No event loop: usable from any thread."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

MAIN = 0  # the first number of the path of what is not in the sidebar


class NoPage(Exception):
    """The page did not come to its end; the message says why."""


@dataclass
class Tab:
    """A session. ``shown`` is what stands where (path -> element) after the last run."""

    socket: Any
    patience: float
    shown: dict[tuple[int, ...], Any] = field(default_factory=dict)
    seconds: float = 0.0
    _place: tuple[str, str] = ("", "")

    def open(self, page: str, query: str = "") -> Tab:
        """Run ``page`` (its URL path). Raises :class:`NoPage`."""
        self._place = (page, query)
        return self._run(None)

    def press(self, key: str) -> Tab:
        """Press the button whose key ends with ``key``. Raises :class:`NoPage` when there is none."""
        found = [one.id for one in self._of("button") if one.id.endswith(key)]
        if not found:
            raise NoPage(f"there is no button {key}")
        return self._run(found[0])

    def _run(self, pressed: str | None) -> Tab:
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = self._place
        if pressed is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
        began, begun = time.monotonic(), False
        self.socket.send(message.SerializeToString())
        while True:
            left = began + self.patience - time.monotonic()
            if left <= 0:
                raise NoPage(f"its script had not ended after {self.patience:g} s")
            try:
                told = ForwardMsg.FromString(self.socket.recv(timeout=left))
            except TimeoutError:
                continue
            kind = told.WhichOneof("type")
            if kind == "page_not_found":
                raise NoPage("there is no such page")
            if kind == "new_session":
                begun = True
                self.shown.clear()
            if kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                self.shown[tuple(told.metadata.delta_path)] = told.delta.new_element
            done = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
            if begun and kind == "script_finished" and told.script_finished in done:
                self.seconds = time.monotonic() - began
                return self

    def _of(self, kind: str) -> list[Any]:
        return [getattr(one, kind) for one in self.shown.values() if one.WhichOneof("type") == kind]

    @property
    def exceptions(self) -> list[str]:
        """The kinds of the exceptions that the page shows."""
        return [one.type for one in self._of("exception")]

    @property
    def errors(self) -> list[str]:
        """The red boxes of the page."""
        return [one.body for one in self._of("alert") if one.format == one.ERROR]

    def figures(self) -> list[str]:
        """What stands on the page, widgets and sidebar left out, in its order: one text for each element."""
        order = sorted((path, one) for path, one in self.shown.items() if path[0] == MAIN)
        return [text for _path, one in order if (text := _text(one))]


def _text(element: Any) -> str:
    kind = element.WhichOneof("type")
    match kind:
        case "markdown":
            return str(element.markdown.body)
        case "html":
            return str(element.html.body)
        case "text" | "heading" | "alert" | "code":
            part = getattr(element, kind)
            return str(getattr(part, "body", "") or getattr(part, "code_text", ""))
        case "metric":
            return f"{element.metric.label} {element.metric.body} {element.metric.delta}"
        case "plotly_chart":
            return json.dumps(json.loads(element.plotly_chart.spec))  # whichever library has written it
        case "dataframe" | "table":
            return repr(getattr(element, kind).arrow_data.data)
        case _:
            return ""


@contextmanager
def tab(url: str, headers: Mapping[str, str], patience: float = 60.0) -> Iterator[Tab]:
    """A new session on the app at ``url``. Raises :class:`NoPage` where none can be had, or when it breaks."""
    from websockets.exceptions import WebSocketException

    own = {name: value for name, value in headers.items() if name != "Origin"}
    how: dict[str, Any] = {"subprotocols": ["streamlit"], "max_size": None, "open_timeout": patience, "close_timeout": 1,
                           "origin": headers.get("Origin"), "additional_headers": own}  # fmt: skip
    try:
        with connect(url.replace("http", "ws", 1) + "/_stcore/stream", **how) as socket:
            yield Tab(socket, patience)
    except (OSError, WebSocketException, EOFError) as error:
        raise NoPage(f"no session ({type(error).__name__})") from error
