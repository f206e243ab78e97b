"""The glossary: each word once, in a sentence or two, at an address; a help text leads to the words that it uses."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from components.text.format import KINDS
from components.text.glossary import WORDS, Word, anchor, explained, links, used
from components.text.view_context import ViewContext
from settings import ROOT


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.key)
def test_a_word_is_said_in_a_sentence_or_two(word: Word) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", word.key)
    assert word.says.endswith(".") and len(word.says) <= 400
    assert word.pattern.search(word.word) or word.spelt


def test_each_word_has_an_address_of_its_own_and_the_page_has_them_all() -> None:
    assert len({word.key for word in WORDS}) == len(WORDS) >= 25
    page = AppTest.from_file(str(ROOT / "pages" / "glossary.py")).run()
    assert not page.exception
    assert {one.anchor for one in page.subheader} == {word.key for word in WORDS}


def test_a_help_text_leads_to_the_words_that_it_uses() -> None:
    assert [word.key for word in used("Idle time at list prices, in DBU, and a SKU")] == ["idle", "list-price", "dbu"]
    assert links("nothing of ours") == "" and explained("nothing of ours") == "nothing of ours"
    assert (
        explained("Judged.", "May still be missed") == "Judged.  \n[May still be missed](/glossary#may-still-be-missed)"
    )
    assert "](/glossary#dbu)" in KINDS["dbu"]("Used", ViewContext())["help"]


def test_the_words_of_the_pages_are_there() -> None:
    keys = {word.key for word in WORDS}
    assert keys >= {
        "basis",
        "list-price",
        "net-price",
        "dbu",
        "learned-deadline",
        "risk-class",
        "shadow",
        "hold",
        "seat",
        "evidence-age",
    }
    assert anchor(WORDS[0]) == f"/glossary#{WORDS[0].key}"
