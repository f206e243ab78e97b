"""What leaves for a chat mentions nobody, links nowhere, hides nothing; an agent's words to strangers are read first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import intake
from actions.chat_text import disarmed
from actions.deliver import written
from actions.owners import owner_of
from approvals.ledger import Actor
from approvals.proposal import Draft
from tests.actions.kind_cases_catalog import CASES
from tests.actions.office import BY, Office, office

HOSTILE = ["<!channel>", "<https://evil.example/login|Approve here>", "@everyone", "<@U123>", "&lt;b&gt;", "https://evil.example",
           "HTTP://evil.example", "www.evil.example", "[Approve](https://evil.example)", "[x](/a)", "mailto:a@evil.example",
           "javascript:alert(1)", "a\u202eb", "a\u200bb", "\x1b[31m", "!here"]  # fmt: skip


def sent(body: dict[str, Any]) -> dict[str, Any]:
    message = SimpleNamespace(body=body, channel="notify", recipient="ann@example.com", message_key="k")
    made: dict[str, Any] = json.loads(written(message)[0])
    return made


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_message_is_a_mention_a_link_or_markup(text: str) -> None:
    told = sent({"title": text, "about": {"name": f"wh {text}", "id": text}, "waits_for": [text]})
    assert told["recipient"] == "ann@example.com"
    said = json.dumps({name: told[name] for name in ("title", "about", "waits_for")}, ensure_ascii=False)
    assert not set(said) & set("<>&@!\u202e\u200b\x1b")
    assert not any(one in said.lower() for one in ("://", "www.", "](", "mailto:", "javascript:"))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.just("a"), inner)
    )
)
def test_no_text_however_deep_keeps_a_sign(value: Any) -> None:
    said = json.dumps(disarmed(value), ensure_ascii=False)
    assert not set(said) & set("<>&@!")
    assert "://" not in said


def test_words_stay_words() -> None:
    text = "Job load_orders: 06:10 to 06:40 (+30 %)\nowner team-risk, R&D"
    assert disarmed(text) == text.replace("&", "＆")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


@pytest.mark.parametrize(("whom", "risk"), [("owner", 0), ("OWNER", 0), ("stranger", 1)])
def test_an_agents_words_to_strangers_are_read_first(whom: str, risk: int, here: Office) -> None:
    case = next(one for one in CASES if one.kind == "notify.owner")
    owner = owner_of(here.there.read, case.target)
    to = {"owner": owner, "OWNER": owner.upper(), "stranger": "mallory@evil.example"}[whom]
    draft = Draft(kind=case.kind, target=case.target, params={**case.params, "recipient": to}, agent=BY)
    content, verdict = intake.worked_out(here.desk, draft)
    assert (content.risk, verdict.outcome == "auto") == (risk, risk == 0)
    made = intake.take(here.desk, draft, Actor("agent", BY.id))
    assert (here.execution(made) is not None) is (risk == 0)
