"""The page at the bare address by its name: whoever types that is led to it, and stays there whatever page they begin at."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

NAME = "overview"
STAYS = f"page={NAME}"  # an address with words is not the bare one, from which people are led to where they begin


class StartPage:
    """Leads from ``/overview`` to ``/``, with the words of the address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != f"/{NAME}":
            await self._app(scope, receive, send)
            return
        words = Request(scope).url.query or STAYS
        up = "." if scope["path"] == f"/{NAME}" else ".."
        await RedirectResponse(f"{up}/?{words}")(scope, receive, send)
