"""The response headers that the app sends with every page: name to the texts that its value must hold, lower case."""

from __future__ import annotations

import re

from web.http_guard import OVER_TLS as SENT_OVER_TLS
from web.http_guard import headers


def _parts(value: str) -> tuple[str, ...]:
    """The directives of a value. Hashes of scripts are left out: they are those of the page that is served."""
    found = (re.sub(r" 'sha256-[^']*'", "", one).strip().lower() for one in re.split("[;,]", value))
    return tuple(one for one in found if one)


EXPECTED = {name.lower(): _parts(value) for name, value in headers().items()}
# How long is the proxy's affair, which ends TLS.
OVER_TLS = {name.lower(): (value.partition("=")[0] + "=",) for name, value in SENT_OVER_TLS.items()}
NOT_SENT = ("server", "x-powered-by")  # they tell versions
