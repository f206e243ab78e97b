"""Spellings: what is one name, what looks like what it is, how the rest is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spelling import BLANKS, HIDDEN, composed, escaped, folded, honest, scripts

ONE_NAME = [
    "café",
    "cafe\u0301",
    "Café\u00a0",
    " \u2003CAFÉ\u3000",
    "ca\u200bfé",
    "\tcafé\n",
    "\ufeffcafé\u200f",
    "caf\u00ade\u0301",
]


@pytest.mark.parametrize("spelt", ONE_NAME)
def test_spellings_of_one_name_fold_to_one(spelt: str) -> None:
    assert folded(spelt) == "café"


@pytest.mark.parametrize(("spelt", "right"), [
    ("İSTANBUL", "istanbul"), ("ΟΔΟΣ", "οδοσ"), ("οδος", "οδοσ"), ("R&D\u00a0 \u2009 Berlin", "r&d berlin"), ("", ""),
    ("\u200b", ""), ("straße", "straße"), ("ＡＢ", "ａｂ"),
])  # fmt: skip
def test_a_name_folds_as_both_engines_fold_it(spelt: str, right: str) -> None:
    assert folded(spelt) == right


@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    assert folded(folded(text)) == folded(text) == folded(composed(text))
    assert unicodedata.is_normalized("NFC", folded(text))


def test_every_blank_and_every_hidden_character_is_known() -> None:
    every = [chr(one) for one in range(0x110000) if not 0xD800 <= one <= 0xDFFF]
    blanks = {chr(one) for first, last in BLANKS for one in range(first, last + 1)}
    hidden = {chr(one) for first, last in HIDDEN for one in range(first, last + 1)}
    assert {one for one in every if one.isspace()} <= blanks
    assert not blanks & hidden
    assert {one for one in every if one <= "\uffff" and unicodedata.category(one) == "Cc"} <= blanks | hidden


@given(st.text())
def test_what_is_honest_is_shown_as_it_is_and_alone_in_its_spelling(text: str) -> None:
    if honest(text):
        assert escaped(text) == composed(text) == text
    assert escaped(text).isprintable()


@pytest.mark.parametrize("text", [
    "analysts\u200b", "\u202eanalysts", "an\u00adalysts", "\ufeffanalysts", "cafe\u0301", "a\tb", "a\nb", "a\u00a0b", " a", "a ",
    "a  b", "\ue000", "\ud800", "a\u3164", "a\u2800b", "a\ufe0f", "a\u034fb", "\U000e0041a", "a\x7f", "a\u2028b", "a\u115f",
])  # fmt: skip
def test_what_cannot_be_seen_is_not_honest(text: str) -> None:
    assert not honest(text)


@pytest.mark.parametrize("text", ["o'brien@example.com", "jd#EXT#@c.onmicrosoft.com", "R&D 100%", "Data Team / EMEA",
                                  "café", "東京", "Ωmega", "naïve\\x"])  # fmt: skip
def test_what_can_be_seen_is_honest(text: str) -> None:
    assert honest(text)


def test_escapes_name_the_character() -> None:
    assert escaped("a\u200bb\u202ec\x0b") == "a\\u200bb\\u202ec\\x0b"
    assert escaped("cafe\u0301") == "cafe\\u0301"


@pytest.mark.parametrize(("text", "mixed"), [
    ("main.hr.salaries", ()), ("main.hr.s\u0430laries", ("cyrillic", "latin")), ("p\u03b1ypal", ("greek", "latin")),
    ("東京Team", ()), ("отдел", ()), ("１a", ()), ("ａdmin", ("fullwidth", "latin")),
])  # fmt: skip
def test_mixed_scripts_are_named(text: str, mixed: tuple[str, ...]) -> None:
    assert scripts(text) == mixed
