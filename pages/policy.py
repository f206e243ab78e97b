"""Policy: who must agree to what, when nothing starts, what runs by itself; and what would happen if."""

from __future__ import annotations

import streamlit as st

from actions import registry
from actions.open import desk
from agents.round import CAPABILITIES
from approvals.policy.what_if import Case
from components.frame.page import zone
from components.runtime import state
from components.sections.policy_page import draw as show_policy
from pages.map import Entry

PAGE = Entry("policy", "Policy", ":material/policy:", "Account for", place=3)


def draw() -> None:
    st.header("Policy", anchor=False)
    at = desk()
    kinds = {
        name: Case(name, one.dimension, one.base_risk, one.reversibility, "prod", one.enabled)
        for name, one in registry.KINDS.items()
    }
    show_policy(at.policy, kinds, [one.agent.id for one in CAPABILITIES], zone(), state.clock())


if __name__ == "__main__":
    draw()
