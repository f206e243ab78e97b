"""Pages of `docs/reference/`: written by commands, never by hand. The first line of a page names the command that prints it,
and a test runs it: a page that is stale is red."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MARK = "<!-- Written by: python -m {} -->"


def page(command: str, title: str, words: str, *parts: str) -> str:
    """A page of Markdown that ``python -m <command>`` prints."""
    return "\n\n".join([MARK.format(command), f"# {title}", words, *parts]) + "\n"


def section(title: str, *parts: str, depth: int = 2) -> str:
    """A heading with what stands below it; what is empty is left out."""
    return "\n\n".join([f"{'#' * depth} {title}", *(part for part in parts if part)])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; nothing where it has no rows."""
    lines = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) if lines else ""


def code(text: str) -> str:
    """``text`` as code within a line; nothing of nothing."""
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
