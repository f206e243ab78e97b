"""What leaves for a chat mentions nobody, links nowhere, hides nothing; an agent's words to strangers are read first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import intake, registry, working_out
from actions.chat_text import disarmed
from actions.deliver import written
from actions.owners import owner_of
from approvals.ledger.ledger import Actor
from approvals.values.proposal import Draft
from tests.actions.kind_cases_catalog import CASES
from tests.actions.office import BY, Office, office

HOSTILE = ["<!channel>", "<https://evil.example/login|Approve here>", "@everyone", "<@U123>", "&lt;b&gt;", "https://evil.example",
           "HTTP://evil.example", "www.evil.example", "[Approve](https://evil.example)", "[x](/a)", "mailto:a@evil.example",
           "javascript:alert(1)", "evil.example/login", "EVIL.example:8443/x", "a.evil.example?x=1", "evil.example./x",
           "a\u202eb", "a\u200bb", "\x1b[31m", "!here"]  # fmt: skip


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
    assert not re.search(r"\w\.example\.?[/:?]", said)


@pytest.mark.parametrize("name", ["<!channel>", "@here", "<@U1>", "a|b", "x<y", "!here", "`x`", "a>b"])
@pytest.mark.parametrize("kind", ["notify.owner", "training.suggest"])
def test_nobody_is_called_like_a_mention(kind: str, name: str) -> None:
    one, case = registry.kind(kind), next(case for case in CASES if case.kind == kind)
    with pytest.raises(registry.BadParams):
        registry.parsed(one, {**case.params, "recipient": name})
    for real in ("ann@example.com", "R&D team", "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", "Zoë.Ärger@example.com"):
        assert registry.parsed(one, {**case.params, "recipient": real})


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
    text = "Job load_orders: 06:10 to 06:40 (+30 %)\nowner team-risk, R&D, v1.2, main.hr.salaries, 3.5/4"
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
    content, verdict = working_out.worked_out(here.desk, draft)
    assert (content.risk, verdict.outcome == "auto") == (risk, risk == 0)
    made = intake.take(here.desk, draft, Actor("agent", BY.id))
    assert (here.execution(made) is not None) is (risk == 0)
