"""No word of any address breaks a page: whatever stands in it becomes a place or a sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.frame.filters import EARLIEST, KEYS, MOST_MONTHS, parse
from components.frame.periods import months_before
from components.inbox import address
from tests.components.inbox_desk import InboxDesk
from tests.components.inbox_store import NOW, fill
from tests.support.clock import Clock
from tests.support.stores import store_at

TODAY = dt.date(2026, 11, 25)
HOSTILE = (
    "9" * 4_500, "1" * 7_000, "-1", "0", "00000000000001", "1e9", "NaN", "Infinity", "٣٤", "²", "0x10", "1" * 19, "\x00", "\ud800",
    "0001-01-01", "0001-01-02", "9999-12-31", "2026-02-30", "2026-W01-1", "20260101", "'; DROP TABLE x; --", "<b>", "%00", " ", "",
    "../../etc/passwd", "null", "a" * 5_000, "１", "+1", "1_0", "2015-01-01", "1970-01-01",
)  # fmt: skip
WORDS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.integers().map(str), st.dates().map(str))


def whole(words: dict[str, str]) -> None:
    found, problems = parse(words, TODAY)
    assert EARLIEST - dt.timedelta(days=31 * MOST_MONTHS) <= found.start < found.end <= TODAY
    for days in (35, 180, 400):  # what tiles look at besides
        assert found.start - dt.timedelta(days=days) and months_before(found.start, 13)
    assert found.previous < found.start and all(isinstance(one, str) for one in problems)


@given(st.dictionaries(st.sampled_from(sorted({*KEYS})), WORDS, max_size=6))
def test_any_filter_is_a_period(words: dict[str, str]) -> None:
    whole(words)


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("key", KEYS)
def test_hostile_filters(key: str, word: str) -> None:
    whole({key: word})
    whole({"from": word, "to": word})
    whole({"from": "0001-01-01", "to": word})


@given(st.dictionaries(st.sampled_from(("view", "page", "p", "do", *address.FILTERS)), WORDS, max_size=8))
def test_any_words_are_a_place(words: dict[str, str]) -> None:
    found = address.parse(words)
    assert 1 <= found.page <= 999_999 and len(found.open) <= 64


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        ({}, []),
        ({"view": "waiting", "risk": "3", "least": "10.50", "page": "2", "p": "Ab1", "do": "accept", "env": "x"}, []),
        ({"view": "mine", "risk": "9"}, ["view=mine", "risk=9"]),
        ({"page": "0", "p": "../x", "do": "pay", "least": "-1"}, ["least=-1", "page=0", "p=../x", "do=pay"]),
        ({"view": "", "page": ""}, []),
    ],
)
def test_what_is_left_out_of_an_address_is_known(words: dict[str, str], lost: list[str]) -> None:
    assert address.left_out(words) == lost


def test_the_inbox_says_what_it_left_out(tmp_path: Path) -> None:
    clock = Clock(NOW)
    desk = InboxDesk(store_at(tmp_path / "store.sqlite", clock), clock)
    fill(desk.store)
    (said,) = [one.value for one in desk.page(view="[a](javascript:1)").info if "address" in one.value]
    assert "view" in said and "](" not in said
    assert not [one for one in desk.page(view="waiting").info if "address" in one.value]
    desk.store.engine.dispose()


@pytest.mark.parametrize("word", ["9" * 4_500, "0", "-1", "٣", "1" * 7, "nonsense", "0001-01-01", "<b>"])
def test_the_inbox_is_drawn_at_any_address(tmp_path: Path, word: str) -> None:
    clock = Clock(NOW)
    desk = InboxDesk(store_at(tmp_path / "store.sqlite", clock), clock)
    fill(desk.store)
    keys = ("view", "page", "p", "do", *address.FILTERS)
    for words in ({"page": word}, {"view": "done", "page": word}, dict.fromkeys(keys, word)):
        assert not desk.page(**words).exception
    desk.store.engine.dispose()
