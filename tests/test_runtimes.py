"""Which release a version string names, and until when it is supported: what is not in the table is unknown, not fine."""

from __future__ import annotations

import datetime as dt

import pytest

from runtimes import AS_OF, ENDS, ends, release


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ("15.4.x-scala2.12", "15.4"),
        ("15.4.x-photon-scala2.12", "15.4"),
        ("14.3.x-cpu-ml-scala2.12", "14.3"),
        ("14.3.x-gpu-ml-scala2.12", "14.3"),
        ("16.4.x-aarch64-photon-scala2.13", "16.4"),
        ("18.x-scala2.13", "18"),
        (" 15.4.x-scala2.12 ", "15.4"),
        ("18.x-snapshot-scala2.13", None),
        ("7.3.x-esr-scala2.12", None),
        ("custom:custom-local__15.4.x-snapshot-scala2.12", None),
        ("custom:release__15.4.x-scala2.12", None),
        ("client.1.13", None),
        ("15.4", None),
        ("", None),
        (None, None),
    ],
)
def test_the_release_of_a_version(version: str | None, named: str | None) -> None:
    assert release(version) == named


def test_a_release_that_is_not_in_the_table_is_unknown() -> None:
    assert ends("15.4.x-photon-scala2.12") == dt.date(2027, 8, 19)
    assert ends("10.4.x-scala2.12") == dt.date(2025, 3, 18)
    assert ends("99.1.x-scala2.13") is None and ends("custom:mine") is None and ends(None) is None


def test_the_table_is_in_order_and_of_one_edition() -> None:
    releases = [tuple(map(int, one.split("."))) for one in ENDS]
    assert releases == sorted(releases)
    assert max(ENDS.values()) > AS_OF
