"""Draws a graph: laid out from left to right in the browser, by a script of our own and dagre, both files of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.delta_generator import DeltaGenerator

from components.graph.graph import Graph
from components.runtime.opened import ask_for
from components.text.untrusted import safe


def draw_graph(box: DeltaGenerator, key: str, graph: Graph) -> None:
    """Draw ``graph`` into ``box``; who chooses a node, by mouse or by keys, opens its thing after the page."""
    with box:
        _component()(key=key, data=graph.sent, on_chosen_change=partial(_chosen, key, graph))
    if graph.left_out:
        box.caption(safe(graph.left_out))


def _chosen(key: str, graph: Graph) -> None:
    said = st.session_state.get(key)
    if isinstance(said, Mapping):
        ask_for(graph.thing_at(said.get("chosen")))


def _component() -> Any:
    """The graph in the browser. Its scripts are files: the page's policy runs no other."""
    manager = get_bidi_component_manager()
    if manager.get("lakehelm_graph.graph") is None:
        manifest = ComponentManifest("lakehelm_graph", "1", [ComponentConfig("graph", "assets")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    return st.components.v2.component("lakehelm_graph.graph", js="graph.js", css="graph.css")
