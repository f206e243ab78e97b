"""What stands before every answer: headers that tell the browser what it may do, limits on what is sent, the request's
id, and no connection from another site."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import streamlit
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from approvals.people.identity import READ, foreign
from logs import REQUEST_ID, known_id
from settings import settings
from web.delivery import ADDED, KnownServer, StaticGzip
from web.loopback import only_here, stranger
from web.start_page import StartPage

MOST_URL, MOST_BODY, MOST_MESSAGE = 8 * 1024, 1024 * 1024, 2 * 1024 * 1024  # bytes
OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}  # on loopback a browser would ignore it
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@cache
def policy() -> str:
    """The Content-Security-Policy. Scripts are the app's own files and the few lines written into its page, by their
    hashes. Styles have to be free: Streamlit writes them while it draws. Nothing is fetched from elsewhere; a deployment
    whose page is framed by another site is refused."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    own = [*_SCRIPT.findall(page), *_SCRIPT.findall(ADDED)]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one).digest()).decode()}'" for one in own)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


@cache
def headers() -> Mapping[str, str]:
    """What every answer carries; ``deploy verify`` expects these of a running app."""
    return MappingProxyType(
        {
            "Content-Security-Policy": policy(),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )


class Guard:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._added = [(name.lower().encode(), value.encode()) for name, value in headers().items()]
        if settings().app_name:  # behind the platform's proxy, which ends TLS
            self._added += [(name.lower().encode(), value.encode()) for name, value in OVER_TLS.items()]
        self._names = {name for name, _ in self._added}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        came = Headers(scope=scope)
        request = known_id(came.get("x-request-id"))
        REQUEST_ID.set(request)
        if stranger(settings(), (scope.get("client") or ("",))[0]):
            await _elsewhere(scope, receive, send)
            return
        if scope["type"] == "websocket":
            if settings().app_name and foreign(_told(came), settings().app_url):
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
                return
            await self._app(scope, _small(receive), send)
            return
        answer = _Marked(send, [*self._added, (b"x-request-id", request.encode())], self._names)
        refused = _too_much(scope, came)
        if refused:
            await _say(answer, *refused)
            return
        counted = _Counted(receive)
        try:
            await self._app(scope, counted, answer)
        except _TooLong:
            if not answer.begun:
                await _say(answer, 413, "The body is too large.")


async def _elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a connection from another machine to an app without sign-in."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": "this machine only"})
    else:
        await _say(send, 403, "Nobody signs in here, so it is served to this machine only.")


def _told(came: Headers) -> dict[str, str]:
    """The headers that say who comes from where; one that was sent twice is both."""
    found = {name: ",".join(came.getlist(name)) for name in READ}
    return {name: value for name, value in found.items() if value}


def _too_much(scope: Scope, came: Headers) -> tuple[int, str] | None:
    if len(scope.get("raw_path") or scope["path"].encode()) + len(scope.get("query_string", b"")) > MOST_URL:
        return 414, "The address is too long."
    length = came.get("content-length", "0")
    if not length.isdigit():
        return 400, "The length of the body is not a number."
    return (413, "The body is too large.") if int(length) > MOST_BODY else None


async def _say(send: Send, status: int, text: str) -> None:
    kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": kind})
    await send({"type": "http.response.body", "body": text.encode()})


class _TooLong(Exception):
    """More was sent than was announced and is allowed."""


class _Counted:
    """Reads a body, and stops where it becomes too long."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._size = receive, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > MOST_BODY:
            raise _TooLong
        return message


def _small(receive: Receive) -> Receive:
    """A connection whose messages are small; one that is not ends it."""

    async def checked() -> Message:
        message = await receive()
        if len(message.get("bytes") or b"") > MOST_MESSAGE or len(message.get("text") or "") > MOST_MESSAGE:
            return {"type": "websocket.disconnect", "code": 1009, "reason": "message too large"}
        return message

    return checked


class _Marked:
    """Sends an answer with the guard's headers in place of the app's own of the same names."""

    def __init__(self, send: Send, added: list[tuple[bytes, bytes]], names: set[bytes]) -> None:
        self._send, self._added, self._names = send, added, names
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            kept = [(k, v) for k, v in message["headers"] if k.lower() not in self._names]
            message = {**message, "headers": [*kept, *self._added]}
        await self._send(message)


__all__ = ["LAYERS", "Guard", "headers", "only_here", "policy"]
LAYERS = [
    Middleware(Guard),
    Middleware(StartPage),
    Middleware(StaticGzip),
    Middleware(KnownServer),
]  # the outermost first
