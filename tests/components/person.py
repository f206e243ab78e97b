"""A person without a browser who sends the headers that the platform's proxy would: what they are shown, and what they
can press, over a real WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from approvals.deciding.voting import FIRST_LOOK


@dataclass
class Shown:
    """All text that came, the widgets' ids by their key, and the session's id."""

    text: str = ""
    widgets: dict[str, str] = field(default_factory=dict)
    session: str = ""
    runs: int = 0


async def _run(socket: Any, shown: Shown, message: BackMsg, patience: float) -> None:
    await socket.send(message.SerializeToString())
    over = asyncio.get_running_loop().time() + patience
    begun = False
    while asyncio.get_running_loop().time() < over:
        try:
            raw = await asyncio.wait_for(socket.recv(), timeout=patience)
        except TimeoutError:
            return
        told = ForwardMsg.FromString(raw)
        kind = told.WhichOneof("type")
        if kind == "new_session":
            begun = True
            shown.session = told.new_session.initialize.session_id
        shown.text += str(told)
        for part in str(told).split('id: "')[1:]:
            identifier = part.split('"', 1)[0]
            if identifier.startswith("$$ID-"):
                shown.widgets[identifier.split("-", 2)[-1]] = identifier
        if begun and kind == "script_finished":
            shown.runs += 1
            if told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return


def visit(
    url: str,
    headers: Mapping[str, str],
    page: str = "",
    query: str = "",
    press: str = "",
    session: str = "",
    patience: float = 25.0,
) -> Shown:
    """Open ``page`` over a new connection with ``headers``; then press the button whose key is ``press``. ``session`` is
    the id of an earlier session, which a browser sends to have it back."""

    async def go() -> Shown:
        shown = Shown()
        protocols = ["streamlit", "", *([session] if session else [])]
        address = url.replace("http", "ws", 1) + "/_stcore/stream"
        own = {name: value for name, value in headers.items() if name.lower() != "origin"}
        async with connect(
            address,
            subprotocols=[p for p in protocols if p] if not session else ["streamlit", "placeholder", session],  # type: ignore[misc,list-item]
            additional_headers=own,
            origin=headers.get("Origin"),  # type: ignore[arg-type]
            max_size=None,
        ) as socket:
            message = BackMsg()
            message.rerun_script.query_string, message.rerun_script.page_name = query, page
            await _run(socket, shown, message, patience)
            if press and any(page in key for key in shown.widgets):  # else nothing is open that could be read
                await asyncio.sleep(FIRST_LOOK.total_seconds() * 1.2)  # nobody has read it before
            if press:
                found = next((i for key, i in shown.widgets.items() if key.endswith(press)), "")
                pressed = BackMsg()
                pressed.rerun_script.query_string, pressed.rerun_script.page_name = query, page
                state = pressed.rerun_script.widget_states.widgets.add()
                state.id, state.trigger_value = found or f"$$ID-none-{press}", True
                await _run(socket, shown, pressed, patience)
        return shown

    with ThreadPoolExecutor(1) as aside:  # a browser test in this process keeps a loop of its own running
        return aside.submit(asyncio.run, go()).result()
