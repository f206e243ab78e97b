"""A page for the browser on which every face of a tile is to be seen; what it shows is set here, it reads nothing."""

import streamlit as st

from components.frame.page import begin
from components.runtime import state
from components.tiles.show import show
from tests.components import faces
from tests.components.reading import NOW, Reader, spend
from tests.components.test_faces import GRANT, stale
from warehouse.errors import NoGrant, TimedOut

st.set_page_config(layout="wide")
reader = Reader(
    {
        faces.READY.query: spend(),
        faces.NO_GRANT.query: NoGrant("system.billing.usage", GRANT),
        faces.LATE.query: TimedOut(60),
        faces.STALE.query: stale,
        faces.UNKNOWN.query: ValueError("does not fit"),
    }
)
with state.using(reader, lambda: NOW):
    page = begin("Faces")
    show(faces.ROWS, page.reader, page.look, page.now, "faces")
