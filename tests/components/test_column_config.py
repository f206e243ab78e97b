"""What is taken from a column's configuration is what would not have been sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
import streamlit as st
from streamlit.elements.lib.column_config_utils import (
    _convert_column_config_to_json,
    extract_button_column_configs,
    process_config_mapping,
)

from components.text.format import KINDS
from components.text.view_context import ViewContext
from components.tiles.column_config import without_none

LOOK = ViewContext()


def sent(columns: dict[str, Any]) -> object:
    """As Streamlit writes it for the browser."""
    configs, _ = extract_button_column_configs(columns)
    return json.loads(_convert_column_config_to_json(process_config_mapping(configs)))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_browser_is_sent_the_same(kind: str) -> None:
    columns = {"a": KINDS[kind]("Label", LOOK)}
    assert sent(without_none(columns)) == sent(columns)
    assert None not in without_none(columns)["a"].values()


def test_a_button_keeps_what_a_click_does() -> None:
    pressed: list[int] = []
    column = st.column_config.ButtonColumn("Open", on_click=lambda: pressed.append(1), key="open", width=None)
    lean = without_none({"a": column})["a"]
    assert sent({"a": lean}) == sent({"a": column})
    assert lean.key == "open" and None not in lean.config.values()
    lean.on_click()
    assert pressed == [1]
