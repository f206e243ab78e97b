"""What a body may depend on besides its frames: theme, zone, currency, cost basis, what is compared, who is called what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.text.principals import NOBODY, Names


@dataclass(frozen=True)
class ViewContext:
    """What a body may depend on besides its frames."""

    theme: Literal["light", "dark"] = "light"
    zone: str = "UTC"  # the viewer's IANA time zone
    currency: str = "USD"
    basis: Literal["list", "net"] = "list"
    limited: tuple[str, ...] = ()  # the filters in force, by the names of their parameters
    versus: str = "against the period before"  # what changes are measured against
    names: Names = NOBODY  # what people and services are called
