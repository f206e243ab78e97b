"""The frame around the pages: who is let in, and that filters travel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import settings as configuration
from components.frame.identity import viewer
from components.runtime import state
from settings import Settings
from tests.components.reading import NOW, Reader

SHELL = Path(__file__).resolve().parents[2] / "pages" / "shell.py"
PAGE = """
import streamlit as st
from components.frame.page import begin

page = begin("Page")
st.text(repr(page.filters.query()))
st.text(page.look.theme + " " + page.look.zone)
"""


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader({})
    with state.using(made, lambda: NOW):
        yield made


def page(**words: str) -> AppTest:
    test = AppTest.from_string(PAGE, default_timeout=30)
    for key, value in words.items():
        test.query_params[key] = value
    return test.run()


def test_a_laptop_has_one_local_user_and_a_deployment_lets_nobody_in() -> None:
    who = viewer(Settings(dev_user="ann"))
    assert who is not None
    assert (who.name, who.local) == ("dev:ann", True)
    assert viewer(Settings(profile="databricks")) is None


def test_nothing_is_shown_to_the_unknown(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "settings", lambda: Settings(profile="databricks"))
    test = AppTest.from_file(str(SHELL), default_timeout=30).run()
    assert "not signed in" in test.error[0].value
    assert not reader.asked
    assert not test.header


def test_the_address_decides_and_is_completed(reader: Reader) -> None:
    test = page(days="7", currency="EUR")
    assert not test.exception
    assert test.text[0].value == "{'days': '7', 'currency': 'EUR'}"
    assert page().query_params["days"] == "30"


def test_nonsense_in_the_address_is_said_and_corrected(reader: Reader) -> None:
    test = page(days="5", basis="<b>")
    assert len(test.warning) == 2
    assert test.query_params["days"] == "30"
    assert "basis" not in test.query_params


def test_a_chosen_period_goes_to_the_address_and_can_be_reset(reader: Reader) -> None:
    test = page(currency="EUR")
    test.segmented_control(key="filters-days").set_value(7).run()
    assert test.text[0].value == "{'days': '7', 'currency': 'EUR'}"
    assert test.query_params["days"] == "7"
    test.button(key="filters-reset").click().run()
    assert test.text[0].value == "{'days': '30'}"
    assert "currency" not in test.query_params


def test_filters_travel_to_a_page_whose_address_says_nothing(reader: Reader) -> None:
    test = page(days="90", basis="net")
    for key in list(test.query_params):
        del test.query_params[key]
    test.run()
    assert test.text[0].value == "{'days': '90', 'basis': 'net'}"
    assert test.query_params["basis"] == "net"


def test_the_look_is_light_and_utc_until_the_browser_says_more(reader: Reader) -> None:
    assert page().text[1].value == "light UTC"
