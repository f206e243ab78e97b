"""The app, which looks every half a second for what its trace store was not told of."""

import streamlit as st

from agents.trace_store import TraceWriter
from app import SHELL, lifespan
from web.http_guard import LAYERS

(TraceWriter.__init__.__kwdefaults__ or {}).update(first=0.5, every=0.5)
app = st.App(SHELL, lifespan=lifespan, middleware=LAYERS)
