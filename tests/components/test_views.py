"""A choice that is held in the address: what is not known there is said in a sentence, once, and what is shown instead."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from components.frame.views import choose

    st.write(choose("view", "View", ["Spend", "Changes"]))


def opened(word: str | None) -> AppTest:
    test = AppTest.from_function(script)
    if word is not None:
        test.query_params["view"] = word
    return test.run()


@pytest.mark.parametrize(("word", "shown"), [(None, "Spend"), ("Changes", "Changes"), ("Spend", "Spend")])
def test_what_is_known_is_shown_without_a_word(word: str | None, shown: str) -> None:
    test = opened(word)
    assert not test.exception and [one.value for one in test.markdown] == [shown] and not test.info


@pytest.mark.parametrize("word", ["spending", "changes", " ", "<b>x</b>", "[a](javascript:1)", "\u202ex", "x" * 5_000])
def test_what_is_not_known_is_said_with_what_is_shown_instead(word: str) -> None:
    test = opened(word)
    assert not test.exception and [one.value for one in test.markdown] == ["Spend"]
    (said,) = [one.value for one in test.info]
    assert said.endswith("is no view of this page: Spend is shown.") and len(said) < 200
    assert "](" not in said and "<b>" not in said and "\u202e" not in said


def test_it_is_said_once() -> None:
    test = opened("spending")
    assert test.info
    test.query_params.clear()
    assert not test.run().info


def test_a_choice_stands_in_the_address_and_the_address_before_leads_back() -> None:
    test = opened(None)
    test.segmented_control(key="view").set_value("Changes").run()
    assert (test.query_params["view"], [one.value for one in test.markdown]) == ("Changes", ["Changes"])
    test.query_params.clear()  # as Back does
    assert [one.value for one in test.run().markdown] == ["Spend"]


def test_whoever_comes_back_from_another_page_finds_the_view_that_was_left() -> None:
    test = AppTest.from_function(script)
    test.session_state["views-last"] = {("view", "Spend", "Changes"): "Changes"}
    assert [one.value for one in test.run().markdown] == ["Changes"] and test.query_params["view"] == "Changes"
