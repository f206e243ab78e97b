"""The name of the start page is an address, too."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin

import pytest
from starlette.types import Message, Receive, Scope, Send

from pages.map import pages
from web.http_guard import LAYERS
from web.start_page import NAME, StartPage


def test_it_is_the_page_at_the_bare_address_and_within_the_guard() -> None:
    assert [one.key for one in pages() if one.start] == [NAME]
    assert [str(one.cls) for one in LAYERS].index(str(StartPage)) == 1  # so that its answers have the guard's headers


def landed(typed: str) -> str:
    """Where a browser that asks for ``typed`` is in the end."""
    path, _, words = typed.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": words.encode(),
        "headers": [],
        "server": ("here", 80),
    }
    sent: list[Message] = []

    async def shown(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def nothing() -> Message:
        return {"type": "http.request"}

    async def told(message: Message) -> None:
        sent.append(message)

    asyncio.run(StartPage(shown)(scope, nothing, told))
    to = dict(sent[0]["headers"]).get(b"location")
    assert (to is None) == (sent[0]["status"] == 200)
    return urljoin(f"http://here{typed}", to.decode()).removeprefix("http://here") if to else typed


@pytest.mark.parametrize(
    ("typed", "lands"),
    [
        ("/overview", "/?page=overview"),
        ("/overview/", "/?page=overview"),
        ("/overview?lately=7+days&days=7", "/?lately=7+days&days=7"),
        ("/overview?panel=%2F%2Felsewhere.example", "/?panel=%2F%2Felsewhere.example"),
        ("/overviews", "/overviews"),
        ("/overview/_stcore/health", "/overview/_stcore/health"),
        ("//elsewhere.example/overview", "//elsewhere.example/overview"),
    ],
)
def test_its_name_leads_there_with_the_words_of_the_address(typed: str, lands: str) -> None:
    assert landed(typed) == lands
