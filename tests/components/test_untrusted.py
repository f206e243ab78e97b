"""Foreign text stays text: in Markdown, in figures, in spreadsheets."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.text.untrusted import cell, chart, lines, plain, safe

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "**bold** _it_ ~~s~~ `code`", "# heading",
    "[x](http://evil.example)", "![x](http://evil.example/p.png)", "http://evil.example", "HTTPS://evil.example/a?b=c",
    "www.evil.example", "WWW.evil.example", "me@evil.example", "mailto:me@evil.example", ":streamlit:", ":smile:",
    ":material/delete:", ":red[danger]", ":red-badge[x]", "$\\alpha$", "$$x$$", "| a | b |\n|---|---|",
    "- item\n- item", "1. one", "> quote", "---", "\\", "\\*x\\*", "&lt;b&gt;", "&#60;b&#62;", "a\u202eb", "a\u200bb",
    "a\x00b\x1b[31m", "\ue000", "e\u0301", "javascript:alert(1)",
    "data:text/html,x", "[^1]: x", "[x]: http://evil.example", "```\ncode",
]  # fmt: skip


def unescaped(text: str) -> str:
    """What a Markdown reader shows for fully escaped text."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_sign_is_escaped(payload: str) -> None:
    assert re.fullmatch(r"(?:\\[!-/:-@\[-`{-~]|[^!-/:-@\[-`{-~])*", safe(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_link_mail_or_shortcode_is_left_to_find(payload: str) -> None:
    shown = unescaped(safe(payload))
    assert "://" not in shown
    assert not re.search(r"www\.", shown, re.IGNORECASE)
    assert not re.search(r"@\w", shown)
    assert not re.search(r":[\w+-]", shown)  # no shortcode, icon, colour or scheme begins


@given(st.text(max_size=300), st.integers(min_value=1, max_value=250))
def test_what_is_shown_is_what_was_said(text: str, limit: int) -> None:
    assert unescaped(safe(text, limit)).replace("\u200b", "") == plain(text, limit)


@given(st.text(max_size=400), st.integers(min_value=1, max_value=250))
def test_plain_text_is_one_honest_line(text: str, limit: int) -> None:
    made = plain(text, limit)
    assert len(made) <= limit
    assert made == made.strip()
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} for c in made)
    assert plain(made, limit) == made


@given(st.text(max_size=200))
def test_a_figure_reads_no_markup(text: str) -> None:
    made = chart(text, 200)
    assert "<" not in made
    assert ">" not in made
    assert re.sub(r"&(amp|lt|gt);", "", made).count("&") == 0


@pytest.mark.parametrize(
    ("text", "whole"), [("as of 18:25", True), (":10:10:", False), ("1:100:", False), ("x:18:25", False)]
)
def test_only_a_time_of_day_keeps_its_colon_whole(text: str, whole: bool) -> None:
    assert ("\u200b" not in safe(text)) is whole


def test_reordering_and_hidden_signs_are_dropped() -> None:
    assert plain("pay\u202eroll\u200b\x00\u2066") == "payroll"
    assert plain("e\u0301") == "é"
    assert plain("a\nb\tc\u2028d") == "a b c d"
    assert plain("\ud800x") == "x"
    assert plain(None) == ""
    assert plain("x" * 300, 10) == "x" * 9 + "…"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "|calc", "＝1"])
def test_a_spreadsheet_runs_no_formula(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("value", ["ok", "a=b", "", 5, -5, 1.5, None])
def test_other_cells_stay(value: object) -> None:
    assert cell(value) == value


def test_the_lines_of_a_table_are_no_markup() -> None:
    made = lines(pd.DataFrame({"**a**": ["[x](http://y)", 3]}))
    assert list(made.columns) == [safe("**a**")] and made.iloc[:, 0].to_list() == [safe("[x](http://y)"), "3"]
