"""How the browser gets the app: its code compressed, told where the server is instead of having to find out, and with the
few lines that bring the panel of an address into view, let a held key count once, give small buttons their names and have
figures follow the theme. Its fonts are asked for at once: words drawn in another font jump when their own arrives."""

from __future__ import annotations

from pathlib import Path

import streamlit
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.runtime import one_press, scroll, spoken, themes, widths

# Without it the browser tries "<page>/_stcore/health" first on every deep link, which is an error in its console.
_SERVER = b"window.__streamlit={BACKEND_BASE_URL:location.origin+'/'}"
_SCRIPTS = (_SERVER, scroll.SCRIPT, one_press.SCRIPT, spoken.SCRIPT, themes.SCRIPT)
_FONTS = ("SourceSansVF-Upright*.woff2", "MaterialSymbols-Rounded*.woff2")  # of text and of icons: every page has both


def _preloads() -> bytes:
    media = Path(streamlit.__file__).parent / "static" / "static" / "media"
    return b"".join(
        b'<link rel="preload" as="font" type="font/woff2" crossorigin href="./static/media/%s">' % one.name.encode()
        for name in _FONTS
        for one in media.glob(name)
    )


ADDED = (
    b"".join(b"<script>" + one + b"</script>" for one in _SCRIPTS)
    + b"<style>"
    + spoken.STYLE
    + widths.STYLE
    + themes.STYLE
    + b"</style>"
    + _preloads()
)
_BEFORE = b"<title>"


class StaticGzip:
    """Compresses the browser's code, which Streamlit serves as it is; nothing else, so that streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._gzip = app, GZipMiddleware(app, minimum_size=1024, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen = self._gzip if scope["type"] == "http" and "/static/" in scope["path"] else self._plain
        await chosen(scope, receive, send)


class KnownServer:
    """Writes :data:`ADDED` into the app's HTML page, whatever its address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or _has_own_body(scope["path"]):
            await self._app(scope, receive, send)
            return
        plain = [
            (k, v) for k, v in scope["headers"] if k != b"accept-encoding"
        ]  # a compressed page cannot be written into
        await self._app({**scope, "headers": plain}, receive, _Rewriting(send))


def _has_own_body(path: str) -> bool:
    return any(part in path for part in ("/static/", "/_stcore/", "/media/", "/component/"))


class _Rewriting:
    """Holds back the head of an HTML answer until its whole body is there, then sends both with the line added."""

    def __init__(self, send: Send) -> None:
        self._send, self._body = send, b""
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._head = message
            return
        if self._head is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._body.replace(_BEFORE, ADDED + _BEFORE, 1)
        headers = [(k, v) for k, v in self._head["headers"] if k.lower() not in (b"content-length", b"etag")]
        await self._send({**self._head, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _is_page(message: Message) -> bool:
    kinds = [v for k, v in message["headers"] if k.lower() == b"content-type"]
    return message["status"] == 200 and bool(kinds) and kinds[0].startswith(b"text/html")
