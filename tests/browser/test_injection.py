"""Text that others write stays text, in a real Chromium, in every foreign field of every page: no request to anybody else,
no dialog, no link of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog

from bench.serving import App, serve
from tests.browser.corpus import CORPUS, SITE, spoiled_lakehouse, spoiled_store
from tests.browser.screenshots import PAGES
from tests.browser.visit import Visit, visit
from tests.support.tiers import deep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-stores")]
INBOX = ("your_turn", "waiting", "scheduled", "needs_a_look", "done")


@pytest.fixture(scope="module")
def spoiled(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("spoiled")
    spoiled_lakehouse(home / "lakehouse.duckdb", folder)
    made = spoiled_store(folder)
    with serve(folder, {"LAKEHELM_SCALE": "0.1", "LAKEHELM_WORKERS": "0"}) as running:
        yield running, made


def harmless(seen: Visit, dialogs: list[str]) -> None:
    """Nobody else was asked, nothing popped up, nothing of theirs can be clicked, nothing broke."""
    assert seen.strangers == []
    assert dialogs == []
    theirs = seen.page.evaluate(
        """site => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
            .filter(a => ['href', 'src', 'srcset', 'action', 'data', 'style'].includes(a.name))
            .map(a => a.value).filter(v => v.includes(site) || /^(javascript|vbscript|data:text)/i.test(v.trim()))""",
        SITE,
    )
    assert theirs == []
    assert seen.page.locator("main iframe, main script, main object, main embed").count() == 0
    assert seen.page.locator('[data-testid="stException"]').count() == 0


@pytest.mark.costs("every view of a page")
@pytest.mark.parametrize("path", PAGES)
def test_on_every_view_of_the_pages_that_are_read(
    chromium: Browser, spoiled: tuple[App, dict[str, str]], path: str
) -> None:
    with visit(chromium, spoiled[0]) as seen:
        dialogs = _dialogs(seen)
        seen.open(path)
        for view in (None, *PAGES[path][1:]):
            if view is not None:
                seen.turn_to(view)
            assert "Could not draw" not in seen.page.inner_text('[data-testid="stMain"]')
            harmless(seen, dialogs)


@pytest.mark.parametrize("view", INBOX)
def test_in_the_lists_of_the_inbox(chromium: Browser, spoiled: tuple[App, dict[str, str]], view: str) -> None:
    with visit(chromium, spoiled[0]) as seen:
        dialogs = _dialogs(seen)
        seen.open("/inbox", f"view={view}")
        harmless(seen, dialogs)


@pytest.mark.costs("a card of every state with every section open")
@pytest.mark.parametrize("texts", [1, deep(len(CORPUS))], ids=["all in one", "one by one"])
def test_on_every_card_with_every_section_open(
    chromium: Browser, spoiled: tuple[App, dict[str, str]], texts: int
) -> None:
    """The texts all in one stand on a card of every state; one by one they are the deep tier's."""
    app, made = spoiled
    with visit(chromium, app) as seen:
        dialogs = _dialogs(seen)
        alone = {f"open{number}" for number in range(texts, len(CORPUS))}
        for proposal_id in (made[name] for name in made if name not in alone):
            seen.open("/inbox", f"p={proposal_id}")
            for _ in range(8):  # opening one may draw others
                opened = seen.page.evaluate(
                    """() => { const shut = document.querySelectorAll('[data-testid="stExpander"] details:not([open]) > summary');
                               shut.forEach(one => one.click()); return shut.length }"""
                )
                if not opened:
                    break
                seen.page.wait_for_timeout(400)
                seen.settle()
            assert seen.page.locator('[data-testid="stExpander"] details[open]').count() >= 5
            harmless(seen, dialogs)


@pytest.mark.costs("eight places, each drawn from nothing")
def test_in_the_ledger_and_in_the_forms(chromium: Browser, spoiled: tuple[App, dict[str, str]]) -> None:
    app, made = spoiled
    with visit(chromium, app) as seen:
        dialogs = _dialogs(seen)
        places = [("/ledger", ""), ("/ledger", f"p={made['overridden']}"), ("/controls", "")]
        places += [
            ("/inbox", f"p={made['open9']}&do={verb}") for verb in ("accept", "reject", "edit", "ask", "override")
        ]
        for path, query in places:
            seen.open(path, query)
            harmless(seen, dialogs)


def _dialogs(seen: Visit) -> list[str]:
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    seen.page.on("dialog", hear)
    return heard
