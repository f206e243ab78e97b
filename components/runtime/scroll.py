"""One panel named by the address (``?panel=…``). An address's ``#`` part would not do: the page is not there yet when the
browser looks for it."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

PANEL = "panel"
_FOUND = "panel-found"  # the panel that was shown last because the address named it
_DRAWN = "panel-drawn"  # the same, of this run, where the page has drawn it beside its tiles
# Written into the app's page, where the policy of scripts knows it by its hash. Figures arrive after the words and push
# what is below them down, so it looks again for a while, until whoever reads moves the page.
SCRIPT = b"""(() => {
  const panel = new URLSearchParams(location.search).get("panel");
  if (!panel) return;
  let reading = false;
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(act, () => { reading = true; }, { once: true, capture: true, passive: true });
  const look = setInterval(() => {
    if (reading) { clearInterval(look); return; }
    const tile = document.querySelector(".st-key-tile-" + CSS.escape(panel));
    if (!tile) return;
    const box = tile.getBoundingClientRect();
    const away = box.height < innerHeight ? box.top < 0 || box.bottom > innerHeight : Math.abs(box.top) > innerHeight / 2;
    if (away) tile.scrollIntoView({ block: box.height < innerHeight ? "center" : "start" });
  }, 250);
  setTimeout(() => clearInterval(look), 20000);
})();"""


def named(key: str) -> bool:
    """Whether the address names the panel of ``key``, which the page draws itself, before its tiles."""
    if st.query_params.get(PANEL) != key:
        return False
    st.session_state[_DRAWN] = key
    return True


def unknown_panel(keys: Collection[str]) -> str:
    """What to say when the address names a panel that is none of ``keys``, those of this view; else nothing. Who has seen
    the panel and turned to another view asks for it no more."""
    wanted = st.query_params.get(PANEL)
    if not wanted:
        return ""
    if st.session_state.pop(_DRAWN, None) == wanted or wanted in keys:
        st.session_state[_FOUND] = wanted
        return ""
    if st.session_state.pop(_FOUND, None) == wanted:
        del st.query_params[PANEL]
        return ""
    return "The address names a panel that is not in this view: it may be in another view, or have another name now."
