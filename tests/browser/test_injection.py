"""Text that others write stays text, in a real Chromium, in every foreign field of every page: no request to anybody else,
no dialog, no link of theirs. Every table and text is disarmed by tests without a browser; in every run one page of each
kind is seen here, all of them in the deep tier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog

from bench.serving import App, serve
from tests.browser.corpus import SITE, spoiled_lakehouse, spoiled_store
from tests.browser.screenshots import VIEWS
from tests.browser.visit import Visit, visit
from tests.support.tiers import deep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-stores")]
INBOX = ("your_turn", *map(deep, ("waiting", "scheduled", "needs_a_look", "done")))
CARDS = {"open0", "overridden"}  # in every run: one that waits and one that somebody else has answered
FORMS = [
    ("/ledger", ""),
    ("/controls", ""),
    *(("/inbox", verb) for verb in ("accept", "reject", "edit", "ask", "override")),
]
SHOWN = {("/ledger", ""), ("/inbox", "override")}


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


@pytest.mark.costs("the first to open a page of this app")
@pytest.mark.parametrize("view", [view if view == "pipelineops_failures" else deep(view) for view in VIEWS])
def test_on_every_view_of_the_pages_that_are_read(
    chromium: Browser, spoiled: tuple[App, dict[str, str]], view: str
) -> None:
    with visit(chromium, spoiled[0]) as seen:
        dialogs = _dialogs(seen)
        seen.open(*VIEWS[view])
        assert "Could not draw" not in seen.page.inner_text('[data-testid="stMain"]')
        harmless(seen, dialogs)


@pytest.mark.parametrize("view", INBOX)
def test_in_the_lists_of_the_inbox(chromium: Browser, spoiled: tuple[App, dict[str, str]], view: str) -> None:
    with visit(chromium, spoiled[0]) as seen:
        dialogs = _dialogs(seen)
        seen.open("/inbox", f"view={view}")
        harmless(seen, dialogs)


@pytest.mark.costs("cards with every section open")
@pytest.mark.parametrize("every", [False, deep(True)], ids=["all in one", "one by one"])
def test_on_every_card_with_every_section_open(
    chromium: Browser, spoiled: tuple[App, dict[str, str]], every: bool
) -> None:
    """The texts all in one stand on two cards; one by one, and on a card of every state, they are the deep tier's."""
    app, made = spoiled
    with visit(chromium, app) as seen:
        dialogs = _dialogs(seen)
        for proposal_id in (made[name] for name in made if every or name in CARDS):
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


@pytest.mark.parametrize(("path", "verb"), [one if one in SHOWN else deep(*one) for one in FORMS])
def test_in_the_ledger_and_in_the_forms(
    chromium: Browser, spoiled: tuple[App, dict[str, str]], path: str, verb: str
) -> None:
    app, made = spoiled
    with visit(chromium, app) as seen:
        dialogs = _dialogs(seen)
        seen.open(path, f"p={made['open9']}&do={verb}" if verb else f"p={made['overridden']}")
        harmless(seen, dialogs)


def _dialogs(seen: Visit) -> list[str]:
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    seen.page.on("dialog", hear)
    return heard
