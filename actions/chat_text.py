"""Foreign text in what leaves for a chat or a ticket: read there as written, never as a mention, a link or markup.

Receivers differ in what they read (Slack's ``<!channel>``, ``@everyone``, Markdown links, bare addresses), so the signs
themselves are replaced: angle brackets, ampersand, at and exclamation mark by their look-alikes, addresses are broken,
those without a scheme ("evil.example/login") as well.
"""

from __future__ import annotations

import re
from typing import Any

from spelling import escaped

_SIGNS = str.maketrans({"<": "‹", ">": "›", "&": "＆", "@": "＠", "!": "！"})
_SCHEME = re.compile(r":(?=//)|(?<=mailto):|(?<=tel):|(?<=javascript):|(?<=data):", re.IGNORECASE)
_HOST = re.compile(r"\bwww\.", re.IGNORECASE)
_PLACE = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2,63}\.?(?::\d|[/?#]))")  # of a host that an address goes on after


def disarmed(value: Any) -> Any:
    """``value`` of JSON with every text in it made harmless; line breaks stay."""
    if isinstance(value, str):
        return "\n".join(_line(one) for one in value.split("\n"))
    if isinstance(value, dict):
        return {name: disarmed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [disarmed(one) for one in value]
    return value


def _line(text: str) -> str:
    kept = _PLACE.sub("[.]", _HOST.sub("www[.]", _SCHEME.sub("[:]", escaped(text).translate(_SIGNS))))
    return kept.replace("](", "] (")
