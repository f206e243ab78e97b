"""Glossary: the words of the field, and the few of ours."""

from __future__ import annotations

import streamlit as st

from components.text.glossary import PAGE as KEY
from components.text.glossary import WORDS
from components.text.untrusted import safe
from pages.map import Entry

PAGE = Entry(KEY, "Glossary", ":material/menu_book:", "Account for", place=9)


def draw() -> None:
    st.header("Glossary", anchor=False)
    for word in sorted(WORDS, key=lambda one: one.word.casefold()):
        st.subheader(safe(word.word), anchor=word.key)
        st.markdown(safe(word.says, 400))


if __name__ == "__main__":
    draw()
