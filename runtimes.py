"""Databricks Runtimes: which release a version string names, and until when that is supported.

The dates are those of the page "Databricks Runtime release notes versions and compatibility" (:data:`SOURCE`) and of earlier
editions of it, for releases that it no longer lists. A release that is not in the table is unknown, not supported.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType

SOURCE = "docs.databricks.com/release-notes/runtime"
AS_OF = dt.date(2026, 6, 10)  # the newest release that the page named
ENDS: Mapping[str, dt.date] = MappingProxyType(
    {
        "9.1": dt.date(2024, 9, 23),
        "10.4": dt.date(2025, 3, 18),
        "11.3": dt.date(2025, 10, 19),
        "12.2": dt.date(2026, 3, 1),
        "13.3": dt.date(2026, 8, 22),
        "14.3": dt.date(2027, 2, 1),
        "15.4": dt.date(2027, 8, 19),
        "16.4": dt.date(2028, 5, 9),
        "17.0": dt.date(2025, 12, 23),
        "17.1": dt.date(2026, 2, 1),
        "17.2": dt.date(2026, 3, 26),
        "17.3": dt.date(2028, 10, 22),
        "18": dt.date(2029, 6, 10),
    }
)
# 15.4.x-scala2.12, 15.4.x-photon-scala2.12, 15.4.x-cpu-ml-scala2.12, 15.4.x-aarch64-scala2.12, 18.x-scala2.13
_VERSION = re.compile(r"(\d{1,2})\.(?:(\d{1,2})\.x|x)(?:-[a-z0-9.]+)*", re.IGNORECASE)
_OTHER = re.compile(r"snapshot|esr", re.IGNORECASE)  # neither is a release of the table


def release(version: str | None) -> str | None:
    """The release (``15.4``, ``18``) that a version string names; None for a custom image, a snapshot, what is written in
    another way, and no version. Photon, machine learning, GPU and ARM variants are of their release."""
    found = _VERSION.fullmatch((version or "").strip())
    if found is None or _OTHER.search(version or ""):
        return None
    major, minor = found.groups()
    return major if minor is None else f"{major}.{minor}"


def ends(version: str | None) -> dt.date | None:
    """The last day on which the release of a version string is supported; None where that is not known."""
    return ENDS.get(release(version) or "")
