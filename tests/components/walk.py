"""The whole app in this process, opened at addresses as browsers open it, and every address that a page prints."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from components.runtime import opened
from components.tiles import bodies
from components.tiles.grid_rows import link_of
from components.tiles.tile import Grid, Plot
from queries.catalogue import catalogue
from settings import ROOT
from tests.components.folds import folded, folds
from things import PAGE, Thing, read

BY_PANEL = ("label", "subject")  # what they hold depends on what is grouped: a product has no page
ORIGIN = "https://lakehelm.example"
SHELL = str(ROOT / "pages" / "shell.py")
# What a page says that an address has led wrong.
WRONG = re.compile(
    r"(?<!what )is not known(?!,)|names no thing|names a panel|Left out of the address|is no \w+ of this page|holds no entry|no such"
    r"|(?<!view )not found"
    r"|Could not draw|is shown\.",
    re.IGNORECASE,
)

CODE = (
    "form",
)  # columns of statements' texts: what a statement says is code, not the name of a thing that its row is of

_TOKEN = re.compile(r"‘[A-Za-z]+’|[^\s,;()‘’“”\"'|*]+")


@dataclass(frozen=True)
class Address:
    """An address and where it stands: ``kind`` is the same for all that are made in the same way."""

    kind: str
    page: str
    words: tuple[tuple[str, str], ...]
    called: str = ""

    @staticmethod
    def of(thing: Thing, kind: str, called: str = "") -> Address:
        return Address(kind, PAGE, tuple(thing.words.items()), called)


@dataclass
class Shown:
    """A page as it was drawn: what Streamlit has of it, and the tables and figures behind it."""

    test: AppTest
    page: str
    grids: dict[str, Grid] = field(default_factory=dict)
    plots: dict[str, Plot] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """Of the address bar."""
        return {name: str(value) for name, value in self.test.query_params.items()}

    @property
    def said(self) -> str:
        """Every sentence on it."""
        test = self.test
        every = (*test.header, *test.subheader, *test.markdown, *test.caption, *test.info, *test.warning, *test.error)
        return plainly("\n".join(str(one.value) for one in every))

    @property
    def wrong(self) -> list[str]:
        """What it says of an address that has led wrong; nothing where it led right."""
        broke = [str(one.value) for one in self.test.exception] + [str(one.value) for one in self.test.error]
        notes = {plainly(query.note) for query in catalogue().values()}  # in an open menu: words about the question
        return broke + [line for line in self.said.splitlines() if WRONG.search(line) and line not in notes]


def plainly(text: str) -> str:
    """Without the signs that keep foreign text from being markup."""
    return text.replace("\\", "").replace("\u200b", "")


class Walk:
    """Opens the app's pages in a ``theme``; each as in a new tab."""

    def __init__(self, theme: str = "light") -> None:
        self.theme = theme
        # What a tab knows of the pages after its first run, which each visit can then go without.
        self.pages = AppTest.from_file(SHELL, default_timeout=120).run()._registered_pages
        self.paths = {key: str(one.get("url_pathname", "")) for key, one in self.pages.items()}

    def open(self, page: str, words: Mapping[str, str]) -> Shown:
        """The page at its address."""
        return self.run(self._tab(page, words))

    def _tab(self, page: str, words: Mapping[str, str]) -> AppTest:
        test = AppTest.from_file(SHELL, default_timeout=120)
        test._registered_pages = self.pages
        test._page_hash = next(key for key, path in self.paths.items() if path == page)
        test._finished_page_script_hash = test._page_hash
        test.context = {"url": f"{ORIGIN}/{page}", "theme": self.theme}
        test.query_params.update(words)
        return test

    def unfolded(self, page: str, words: Mapping[str, str]) -> Shown:
        """As :meth:`open`, with every fold of it open, and those within them."""
        test, closed = self._tab(page, words), {key for key in folds() if "*" not in key}
        for _ in range(3):
            for key in closed:
                test.session_state[key] = True
            shown = self.run(test)
            if not (closed := folded(test)):
                break
        return shown

    def run(self, test: AppTest) -> Shown:
        """Run it, wherever that leads."""
        grids, plots = dict[str, Grid](), dict[str, Plot]()
        table, plot = bodies.table, bodies._plot

        def tabled(box: Any, key: str, body: Grid, *more: Any, **named: Any) -> Any:
            grids[key] = body
            return table(box, key, body, *more, **named)

        def plotted(box: Any, key: str, body: Plot) -> Any:
            plots[key] = body
            return plot(box, key, body)

        with pytest.MonkeyPatch.context() as patch:
            ours = [one for name, one in sys.modules.items() if name.startswith(("components.", "pages."))]
            for module in [one for one in ours if getattr(one, "table", None) is table]:
                patch.setattr(module, "table", tabled)
            patch.setattr(bodies, "_plot", plotted)
            test.run()
        return Shown(test, self.paths.get(test._finished_page_script_hash, "?"), grids, plots)


def printed(shown: Shown, paths: Mapping[str, str]) -> Iterator[Address]:
    """Every address within the app that stands on the page, or that a click on it opens."""
    for one in shown.test.get("page_link"):
        link = one.proto
        yield Address(
            f"link {plainly(link.label)}",
            paths[link.page_script_hash],
            tuple(parse_qsl(link.query_string)),
            plainly(link.label),
        )
    for one in shown.test.code:
        for line in str(one.value).splitlines():
            if line.startswith(ORIGIN):
                parts = urlsplit(line)
                kind = f"panel of {shown.page or line}"  # of the Overview each: it draws some itself
                yield Address(kind, parts.path[1:], tuple(parse_qsl(parts.query, keep_blank_values=True)))
    yield Address("bar", shown.page, tuple(shown.words.items()))
    for key, grid in shown.grids.items():
        for column in sorted(grid.things.keys() & grid.columns.keys()):
            for row in range(min(len(grid.drawn), 50)):
                if (thing := grid.thing_at(column, row)) is not None:
                    yield Address.of(thing, f"{key} {column} {thing.kind}", str(grid.drawn[column][row]))
    for key, plot in shown.plots.items():
        for thing in marked(plot):
            yield Address.of(thing, f"{key} {thing.kind}")


def nameless(shown: Shown, words: Collection[str]) -> set[tuple[str, str]]:
    """Columns of texts (table, column) in which something stands that opens nothing; those of ``words`` hold no names. A
    row without an id stands for several things."""
    found = set()
    for key, grid in shown.grids.items():
        for name, (_, kind) in grid.columns.items():
            if kind not in ("text", "spelling") or name in {*words, *BY_PANEL} or "-points-" in key:
                continue
            if name not in grid.things:
                found |= {(key, name)} if len(grid.frame) else set()
                continue
            ids = grid.frame[grid.things[name].columns[-1]].head(50)
            found |= {
                (key, name) for row, one in enumerate(ids) if isinstance(one, str) and grid.thing_at(name, row) is None
            }
    return found


def marked_up(shown: Shown) -> set[str]:
    """Foreign texts on the page that are shown with the signs of their markup: proposals have names in backquotes."""
    test, texts = shown.test, {text for text in cells_of(shown) if "`" in text}
    labelled = (*test.button, *test.expander, *test.tabs, *test.selectbox, *test.get("page_link"))
    said = (*test.header, *test.subheader, *test.markdown, *test.caption, *test.info, *test.warning, *test.error)
    words = [*(str(one.label) for one in labelled), *(str(one.value) for one in said)]
    return texts | {text for text in words if "\\`" in text}


def unopened(
    shown: Shown, names: Mapping[str, Collection[Thing]], titles: Collection[str], of: Thing | None = None
) -> dict[str, set[str]]:
    """The ``names`` of things that stand in a sentence or a table of the page, and nothing there opens the thing; with these
    texts. A row that is called by one of the ``titles`` opens that, one that is called by its job may open the run; the text
    of a statement names nothing. What is open over the page is ``of`` a thing."""
    opens = {*opened_by(shown), *filter(None, [of])}
    opens |= {Thing("job", one.id.partition("/")[0], one.workspace) for one in opens if one.kind == "run"}
    buttons = {plainly(str(one.label)) for one in (*shown.test.button, *shown.test.get("page_link"))}
    found: dict[str, set[str]] = {}
    for line in {*shown.said.splitlines(), *cells_of(shown)}.difference(titles, statements_of(shown)):
        for word in _TOKEN.findall(line):
            name = word.rstrip(".:")
            called = name.strip("‘’")
            if name in names and not opens & {*names[name]} and not any(called in label for label in buttons):
                found.setdefault(name, set()).add(line)
    return found


def opened_by(shown: Shown) -> set[Thing]:
    """Everything that a click on the page opens, and the thing that the page is of."""
    found = {thing for plot in shown.plots.values() for thing in marked(plot)}
    found |= {
        thing
        for grid in shown.grids.values()
        for column in grid.things.keys() & grid.columns.keys()
        for row in range(len(grid.frame))
        if (thing := grid.thing_at(column, row)) is not None
    }
    return found | {thing for thing in [read(shown.words)] if thing}


def cells_of(shown: Shown) -> Iterator[str]:
    """The texts of all tables."""
    for one in (*shown.test.table, *shown.test.dataframe):
        for column in one.value:
            yield from (plainly(text) for text in one.value[column] if isinstance(text, str))


def statements_of(shown: Shown) -> set[str]:
    """The texts of statements in all tables."""
    return {
        plainly(text)
        for grid in shown.grids.values()
        for column in grid.columns.keys() & {*CODE}
        for text in grid.drawn[column].to_pylist()
        if isinstance(text, str)
    }


def unlisted(shown: Shown) -> set[tuple[str, Thing]]:
    """Things that a figure opens and the table of its points, in the open menu, does not."""
    listed = {
        key: {grid.thing_at("name", row) for row in range(len(grid.frame))}
        for key, grid in shown.grids.items()
        if "-points-" in key
    }
    found = set()
    for key, plot in shown.plots.items():
        tile, _, place = key.rpartition("-")
        rows = listed.get(f"{tile}-points-{place}-rows")
        found |= {(key, thing) for thing in marked(plot) if rows is not None and thing not in rows}
    return found


def marked(plot: Plot) -> list[Thing]:
    """The things that the marks of a figure open."""
    found: list[Thing] = []
    if plot.on_click is None:
        return found
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened, "ask_for", lambda thing: found.append(thing) if thing is not None else None)
        patch.setattr("components.runtime.opened.st.query_params", {})
        for trace in plot.figure.to_dict()["data"]:
            for point in [{"id": one} for one in trace.get("ids", ())] or [
                {"customdata": one} for one in trace.get("customdata", ())
            ]:
                plot.on_click(point)
    return found


def outward(shown: Shown) -> Iterator[tuple[str, Thing | None, str]]:
    """Every address outside the app: where it stands, the thing it is of where that is said, and the address."""
    for one in shown.test.get("link_button"):
        yield "button", None, str(one.proto.url)
    for key, grid in shown.grids.items():
        for column in grid.links:
            for row, url in enumerate(grid.drawn[link_of(column)].to_pylist()):
                if url is not None:
                    yield f"{key} {column}", grid.thing_at(column, row) if column in grid.things else None, url
