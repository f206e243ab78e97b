"""Who is behind a name: one person or service, or all in a group, at any depth; None where nobody can tell."""

from __future__ import annotations

import pytest

from approvals.people.identities import Identity, behind

BOT = "aaaaaaaa-0000-1111-2222-333333333333"
KNOWN = (
    Identity("person", ("Ann@x.com", "1"), "Ann"),
    Identity("person", ("bo@x.com", "2"), "Bo"),
    Identity("service", (BOT, "3"), "Loader"),
    Identity("group", ("data-eng", "10"), "data-eng", ("1", "3")),
    Identity("group", ("all-data", "11"), "all-data", ("10", "2", "11")),  # also in itself
    Identity("group", ("hidden", "12"), "hidden", None),
    Identity("group", ("above", "13"), "above", ("12",)),
    Identity("group", ("empty", "14"), "empty", ()),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ANN@x.com", {"ann@x.com"}), ("new@x.com", {"new@x.com"}), (BOT.upper(), {BOT}), ("Data-Eng", {"ann@x.com", BOT}),
        ("all-data", {"ann@x.com", "bo@x.com", BOT}), ("empty", set()), ("hidden", None), ("above", None), ("nobody", None),
        ("main.sales", None),
    ],
)  # fmt: skip
def test_who_is_behind_a_name(name: str, found: set[str] | None) -> None:
    assert behind(name, KNOWN) == found
