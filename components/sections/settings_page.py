"""The page of settings: what decides what people see, where it comes from, and how it is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from approvals.policy.rules import Policy
from components.sections import settings_words as words
from components.text.untrusted import lines, safe
from components.text.view_context import ViewContext
from settings import Settings


def draw(
    chosen: Settings,
    environment: Mapping[str, str],
    policy: Policy | None,
    tagged: Callable[[], Mapping[str, str]],
    look: ViewContext,
    now: dt.datetime,
) -> None:
    """The whole page below its title. ``policy`` is None where it cannot be read; ``tagged`` finds the account's tags as
    the filters know them, ``key=value``: asked when all else is drawn; ``now`` is UTC."""
    st.caption(safe(changed_where(policy), 600))
    _table("When the Overview says Watch and Act", words.overview(chosen, environment, look))
    _table("What tags mean", words.shown(words.TAGS, chosen, environment))
    keys = st.empty()
    _table("Time and money", words.shown(words.TIME_AND_MONEY, chosen, environment))
    if policy is not None:
        _table("What the policy says", words.of_policy(policy, look.zone, now))
    else:
        st.info("The policy cannot be read here, so what it decides is not listed.")
    with st.expander("All other settings, for whoever runs the app", key="settings-others"):
        _table("All other settings", words.others(chosen, environment))
    if used := words.used(tagged(), chosen):
        keys.caption(safe(used, 900))


def changed_where(policy: Policy | None) -> str:
    """Who changes what stands here, and why no proposal does."""
    admins = " or ".join(policy.groups.admin) if policy is not None else ""
    ask = f" Ask {admins}." if admins else ""
    return (
        "Nothing here is changed through the inbox: what is approved there changes Databricks, and these values decide who "
        "must approve. Money and limits are variables of the app, the policy is a file: whoever may deploy the app changes "
        f"them, after a review.{ask} They are read once when the app starts. No secret is shown here."
    )


def _table(title: str, frame: pd.DataFrame) -> None:
    st.subheader(safe(title), anchor=False)
    st.table(lines(frame), border="horizontal", hide_index=True, alt=title)
