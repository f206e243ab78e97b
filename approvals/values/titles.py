"""What a proposal is called where it is shown."""

from __future__ import annotations

import re

_RUN = re.compile(r"(?P<verb>\w+) run `(?P<id>\d+)` of (?P<name>`[^`]+`)(?P<rest>.*)")


def titled(title: str) -> str:
    """A title for showing: names, which it has in backquotes, in quotation marks; the id of a run that has a name stands
    behind all else."""
    found = _RUN.fullmatch(title)
    said = f"{found['verb']} {found['name']}{found['rest']} (run {found['id']})" if found else title
    return re.sub(r"`([^`]*)`", r"‘\1’", said)
