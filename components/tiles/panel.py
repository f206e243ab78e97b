"""A panel: a builder with its title; its docstring is the "why" that people read. A page makes tiles of panels."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from components.text.view_context import ViewContext
from components.tiles.tile import Body, Derive, Frames, Tile
from warehouse.interface import Ask

Build = Callable[[Frames, ViewContext], Body | Sequence[Body]]


@dataclass(frozen=True)
class Panel:
    """What a tile shows, without its questions. Call it with frames and a look to get the body."""

    build: Build
    title: str
    why: str
    height: int
    width: int
    waits: int = 0  # pixels that it takes up while it waits, where a table is not all that it shows

    def __call__(self, frames: Mapping[str, pd.DataFrame], look: ViewContext) -> Body | Sequence[Body]:
        return self.build(frames if isinstance(frames, Frames) else Frames(frames), look)

    def tile(
        self,
        *asks: Ask,
        derive: Derive | None = None,
        variant: object = "",
        choice: object = "",
        spared: Collection[str] = (),
        controls: Callable[[], None] | None = None,
        handed_on: bool = False,
        **named: Ask,
    ) -> Tile:
        """The tile that asks ``asks``, whose frames are called as their queries, and ``named`` ones, called as here: that
        is how one query is asked twice (``tile(now=…, before=…)``). ``derive`` stands between the frames and the builder,
        ``variant`` is what it depends on besides them, ``choice`` what the builder does. The builder can do without the
        frames called ``spared``; ``controls`` draws what people choose for this tile; one that is ``handed_on`` has its
        downloads below its table."""
        names = (*(question.query.rsplit(".", 1)[-1] for question in asks), *named)
        return Tile(
            key=self.build.__name__,
            title=self.title,
            why=self.why,
            asks=(*asks, *named.values()),
            build=self.build,
            derive=derive,
            height=self.height,
            width=self.width,
            waits=self.waits,
            variant=str(variant),
            choice=str(choice),
            names=names,
            controls=controls,
            handed_on=handed_on,
            spared=frozenset(spared),
        )


def panel(title: str, *, height: int = 320, width: int = 1, waits: int = 0) -> Callable[[Build], Panel]:
    """Make a builder a panel called ``title``, of ``height`` pixels (its tables at most) and ``width`` shares of its row, which
    takes up ``waits`` pixels before it is drawn, else ``height``."""

    def made(build: Build) -> Panel:
        return Panel(build, title, inspect.getdoc(build) or "", height, width, waits)

    return made
