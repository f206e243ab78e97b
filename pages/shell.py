"""The frame around every page: who looks, where they can go. It runs first on every visit, deep links included,
because the main script lives inside ``pages/``: otherwise Streamlit would run a page's file alone."""

from functools import partial

import streamlit as st

from actions.desk import Desk
from actions.open import NotOpen, desk, directory
from actions.stops import stopped
from components.frame import late
from components.frame.act_as import act_as
from components.frame.foot import foot
from components.frame.identity import ACT_AS, acting, as_known, note_request, viewer, why_not
from components.frame.page import ICON, zone
from components.frame.start import begin, choice
from components.frame.stopped import bar
from components.frame.store_unavailable import StoreUnavailable, show_away
from components.frame.yours import NOT_KNOWN, tab, titled, waiting
from components.runtime import state
from components.runtime.dialogs import no_dialog
from components.runtime.registered import keep
from components.search.box import Within, asked_for, box
from components.search.places import places
from components.search.proposals import proposals
from components.text.untrusted import safe
from components.things.drawer import drawer
from pages.map import SECTIONS, pages
from pages.navigated import navigated
from settings import settings

SIDEBAR = 225  # pixels: the longest word of the menu

st.set_page_config(page_title="Lakehelm", page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR)
note_request()
no_dialog()
who = viewer(settings())
if who is None:
    st.error(safe(why_not(settings()), 400))
    st.stop()

at: Desk | None = None
yours = NOT_KNOWN
try:
    at = desk()
    name = f"{who.name} {st.query_params.get(ACT_AS, '')}"
    yours = waiting(at.store, name, as_known(settings(), at.directory), who.roles.limits.places)
except NotOpen:
    pass  # nothing runs, so nothing is stopped, and nothing waits
listed = [one for one in pages() if one.shown_to(who.roles)]
shown = {
    one.key: navigated(one, titled(one.title, {"inbox": yours.proposals, "notices": yours.messages}.get(one.key)))
    for one in listed
}
page = st.navigation(
    {part: [shown[one.key] for one in listed if one.section == part] for part in SECTIONS}, expanded=True
)
keep({one.file: shown[one.key] for one in listed})
here = next(one for one in listed if one.path == page.url_path)
st.set_page_config(page_title=tab(here.title, yours.proposals))
with st.sidebar:
    searching = asked_for()
    act_as(who, directory())
    foot(who.note, zone())
if at is not None:
    begin(
        at.store, who.name, as_known(settings(), at.directory), yours.proposals, settings().start_pages, shown, here.key
    )
    choice(at.store, partial(acting, settings(), at.directory), "" if here.hidden else here.key)
    bar(at.store, partial(stopped, desk=at), who.roles.limits.places, zone(), state.clock())
late.bar(state.reader())
if searching:
    theirs = partial(proposals, state.store(), who.roles.limits.places)
    box(Within(state.reader(), who.roles.limits, state.clock().date(), who.name, places(listed), theirs))
try:
    page.run()
    drawer(directory())
except NotOpen as why:
    st.info(safe(str(why), 600))  # of a page that is nothing without the desk
except StoreUnavailable as why:
    show_away(str(why))
