"""One thing: what it is, how it behaves, what it costs, what it needs, what happened to it, what can be done now."""

from __future__ import annotations

import streamlit as st

from components.frame.page import begin
from components.text.untrusted import safe
from pages.map import Entry
from things import KINDS, read
from things import PAGE as ADDRESS

PAGE = Entry(ADDRESS, "Thing", ":material/category:", hidden=True)


def draw() -> None:
    thing = read(st.query_params.to_dict())
    begin(KINDS[thing.kind].title if thing else PAGE.title)
    if thing is None:
        st.info(
            "This address names no thing. Search for one, or follow a name on any page.", icon=":material/link_off:"
        )
        return
    st.subheader(safe(thing.id, 120), anchor=False)


if __name__ == "__main__":
    draw()
