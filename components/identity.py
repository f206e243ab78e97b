"""Who looks at the page. A laptop has one named local user; everywhere else nobody is let in until proven."""

from __future__ import annotations

from dataclasses import dataclass

from settings import Settings


@dataclass(frozen=True)
class Viewer:
    """``name`` is shown and recorded; ``local`` says that nobody checked it."""

    name: str
    local: bool


def viewer(chosen: Settings) -> Viewer | None:
    """The local user of a laptop, whatever headers the browser or a tunnel sends along; None means: show nothing."""
    local = chosen.local_user
    return Viewer(local, local=True) if local else None
