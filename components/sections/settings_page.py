"""The page of settings: what decides what people see, where it comes from, and how it is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from approvals.deciding.kept_settings import TITLES
from approvals.policy.rules import Policy
from approvals.reading.in_force import InForce
from approvals.reading.proposed import Proposed
from approvals.values.titles import titled
from components.sections import settings_words as words
from components.sections.propose_setting import Proposing, open_form
from components.text.untrusted import lines, safe
from components.text.view_context import ViewContext
from settings import Changeable

WORDS = {"open": "waits for a decision", "approved": "agreed, about to run", "done": "in force"}


def draw(
    found: InForce,
    environment: Mapping[str, str],
    policy: Policy | None,
    proposing: Proposing | None,
    why_not: str,
    proposals: Sequence[Proposed],
    tagged: Callable[[], tuple[Mapping[str, str], Mapping[str, float]]],
    look: ViewContext,
    now: dt.datetime,
) -> None:
    """The whole page below its title. ``policy`` is None where it cannot be read, ``proposing`` where nothing can be proposed;
    ``why_not`` says why the viewer may not propose, ``proposals`` are the newest about each setting. ``tagged`` finds how the
    account's tag keys are used, and what share of the spend each covers, also those of a setting together: asked when all else
    is drawn; ``now`` is UTC."""
    st.caption(safe(changed_where(policy), 600))
    for said in problems(found):
        st.warning(safe(said, 500), icon=":material/warning:")

    def changes(key: str, *names: Changeable) -> None:
        _changes(key, names, found, proposing, why_not, proposals)

    _table("When the Overview says Watch and Act", words.overview(found, environment, look))
    changes("limits", "limits")
    _table("What tags mean", words.shown(words.TAGS, found, environment))
    keys = st.empty()
    changes("tags", *(one.name for one in words.TAGS))
    _table("Time and money", words.shown(words.TIME_AND_MONEY, found, environment))
    changes("time", *(one.name for one in words.TIME_AND_MONEY))
    _table("How long people are named", words.of_people(found.settings, environment))
    if policy is not None:
        _table("What the policy says", words.of_policy(policy, look.zone, now))
    else:
        st.info("The policy cannot be read here, so what it decides is not listed.")
    with st.expander("All other settings, for whoever runs the app", key="settings-others"):
        _table("All other settings", words.others(found.settings, environment))
    counts, shares = tagged()
    if said := " ".join(filter(None, [words.covered(found.settings, shares), words.used(counts, found.settings)])):
        keys.caption(safe(said, 1200))


def changed_where(policy: Policy | None) -> str:
    """How what stands here is changed, and by whom."""
    admins = " or ".join(policy.groups.admin) if policy is not None else ""
    ask = f" Ask {admins}." if admins else ""
    return (
        "Money, limits and what tags mean are changed by a proposal: others agree, and within a minute every page goes by the new "
        "value. A value that was agreed stands over the environment's, and that over the default. The policy, which says who "
        "must agree, is a file, and all other settings are variables of the app, read once when it starts: whoever may "
        f"deploy the app changes them, after a review.{ask} No secret is shown here."
    )


def problems(found: InForce) -> list[str]:
    """What of the settings that proposals changed does not count, or is not known."""
    said = [
        f"{TITLES.get(name, name)}: what was agreed makes no sense ({why}) and does not count. Propose it again."  # type: ignore[call-overload]
        for name, why in found.problems.items()
    ]
    return [*said, *([f"{found.could_not} Values may have been agreed since."] if found.could_not else [])]


def _changes(
    key: str,
    names: Sequence[Changeable],
    found: InForce,
    proposing: Proposing | None,
    why_not: str,
    proposals: Sequence[Proposed],
) -> None:
    """What is proposed about the settings ``names``, and the button that proposes another value."""
    about = {f"0/setting/{name}" for name in names}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            "Propose a change",
            key=f"settings-propose-{key}",
            icon=":material/edit_note:",
            disabled=proposing is None or bool(why_not),
            help=safe(why_not, 300) or None,
        )
        for one in proposals:
            if one.resource_key in about:
                said = f"{titled(one.title)}: {WORDS.get(one.state, one.state)}"
                label = safe(said, 160)
                if st.button(
                    label, key=f"settings-proposal-{one.proposal_id}", type="tertiary", icon=":material/inbox:"
                ):
                    st.switch_page("inbox.py", query_params={"p": one.proposal_id})
    if pressed and proposing is not None:
        open_form(names, proposing, found)


def _table(title: str, frame: pd.DataFrame) -> None:
    st.subheader(safe(title), anchor=False)
    st.table(lines(frame), border="horizontal", hide_index=True, alt=title)
