"""How a capability writes to somebody: to whom, what, and that it says a thing once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from actions import intake, registry
from agents import messages, proposing
from agents.capability import Capability, Observation, Recommendation, window
from approvals.deciding import told_before
from approvals.deciding.proposals import content_of
from approvals.ledger.ledger import Actor
from approvals.policy.policy_file import load
from approvals.policy.rules import RegisteredAgent
from approvals.values.considered import Benefit
from approvals.values.proposal import Draft, Scalar, Target
from tests.actions.office import BY, POLICY, Office, office

FRAMES = {"groups": messages.groups(load(POLICY))}
HOSTILE = (
    "",
    None,
    float("nan"),
    "@all",
    "a\nb",
    "<script>",
    "ann\u200b@x.com",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
)


@pytest.mark.parametrize("owner", HOSTILE)
def test_who_reads_no_messages_is_stood_for_by_a_group(owner: object) -> None:
    assert messages.recipient(owner, FRAMES) == "lakehelm-admins" == messages.recipient(owner, {})
    assert messages.recipient(owner, FRAMES, "governanceops") == "governance-approvers"


def test_an_owner_is_told_by_name() -> None:
    assert messages.recipient("zoe@x.com", FRAMES) == "zoe@x.com"
    assert messages.recipient("team-growth", FRAMES, "mlops") == "team-growth"


def test_what_is_written_parses_whatever_names_hold() -> None:
    odd = "`<b>\u202e\n" + "x" * 900
    made = {
        "notify.owner": messages.note("ann@x.com", odd, [odd, "", "b"]),
        "ticket.open": messages.ticket("Data Platform!", odd, [odd], "high"),
        "training.suggest": messages.suggestion("ann@x.com", odd, odd, [odd]),
    }
    for kind, params in made.items():
        parsed = registry.parsed(registry.kind(kind), params)
        assert parsed.model_dump(mode="json") == params
        assert "\u202e" not in params["text"]
    assert made["notify.owner"]["text"].count("\n") == 1
    assert made["ticket.open"]["queue"] == "Data-Platform-"
    with pytest.raises(AssertionError):
        messages.note("ann@x.com", "s", ["line"] * 6)


def telling(share: Decimal = Decimal("0.9"), since: str = "2026-11-01") -> Recommendation:
    return messages.telling(
        messages.note("ann@x.com", "Half of its rows are missing", ["since Monday"]),
        sure=Decimal("0.8"),
        gain=Decimal(50),
        benefit=Benefit(kind="quality"),
        title="Rows",
        scalars=(
            Scalar(column="since", observed=since),
            Scalar(column="share", observed=share, tolerance=Decimal("0.5")),
        ),
        observe=("half of its rows are missing",),
        orient=("three dashboards read it",),
        expected="they can mend it before the next load",
        nothing="wrong figures go on",
        why="seen on three days",
    )


def test_a_message_weighs_doing_nothing_and_its_worth() -> None:
    said = telling()
    assert [one.what for one in said.ooda.options] == ["tell ann@x.com", "do nothing"]
    assert said.ooda.options[-1].rejected_because
    assert said.worth == Decimal("0.8") * 50 - Decimal("0.2") * messages.INTERRUPTED - 5
    assert said.narrative.endswith("A message changes nothing.")


# Said once


def draft(what: str = "dataops.rows", **given: Any) -> Draft:
    capability = Capability(
        name=what,
        version="1",
        kind="notify.owner",
        target=lambda row: Target(workspace_id="0", type="table", id=row.table_name, name=row.table_name),
        evidence=window("dataops.tables", days=1),
        match=("table_name",),
        opens={},
        judge=lambda frames, now: [],
    )
    row = next(pd.DataFrame({"table_name": ["main.a.b"]}).itertuples())
    made = capability.proposes(row, dt.datetime(2026, 11, 20, tzinfo=dt.UTC), telling(**given)).draft
    assert made is not None
    return made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        agents = tuple(
            RegisteredAgent(id=f"dataops.{what}", principal="agent:dataops", kinds=("notify.owner",), evidence=False)
            for what in ("rows", "late")
        )
        policy = made.desk.policy.model_copy(update={"agents": (*made.desk.policy.agents, *agents)})
        object.__setattr__(made.desk, "policy", policy)
        yield made


def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evidence is as it was said: there is no lakehouse here."""
    monkeypatch.setattr(
        "actions.working_out.evidence.read", lambda reader, one: one.model_copy(update={"row_count": 1})
    )
    monkeypatch.setattr("actions.preflight.evidence.changed", lambda reader, known: "")


def test_the_approvers_are_those_of_the_agents_dimension(here: Office) -> None:
    one = draft().model_copy(update={"evidence": ()})
    made = intake.take(here.desk, one, Actor("agent", one.agent.id))
    with here.desk.store.reading() as tx:
        content = content_of(tx, made, 1)
    assert content.dimension == "dataops"
    assert [seat.groups for seat in content.requirement.seats] == [("data-approvers",)]
    other = one.model_copy(update={"agent": BY, "params": one.params | {"subject": "Another one"}})
    made = intake.take(here.desk, other, Actor("agent", BY.id))
    with here.desk.store.reading() as tx:
        assert content_of(tx, made, 1).dimension == "userops"


def test_what_was_told_is_told_again_when_there_is_news(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch)
    with here.desk.store.reading() as tx:
        assert told_before.told(tx, draft()) == ""
    made = intake.take(here.desk, draft(), Actor("agent", "dataops.rows"))
    here.agreed(made)
    row = here.work(made, here.executor())
    assert row is not None
    assert row.state == "verified"
    with here.desk.store.reading() as tx:
        assert "nothing has changed since" in told_before.told(tx, draft())
        assert "nothing has changed since" in told_before.told(tx, draft(share=Decimal("0.7")))  # measured: by half
        assert told_before.told(tx, draft(since="2026-11-15")) == ""
        assert told_before.told(tx, draft(share=Decimal("0.3"))) == ""
        assert told_before.told(tx, draft("dataops.late")) == ""  # another reason
    seen, known = proposing.fresh(here.desk.store, [Observation("t", draft=draft())])
    assert (seen[0].draft, known) == (None, 0)  # it takes no place among those that wait
    assert "told on" in seen[0].why_not


def test_two_agents_may_tell_of_one_table_for_two_reasons(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch)
    intake.take(here.desk, draft(), Actor("agent", "dataops.rows"))
    seen, known = proposing.fresh(
        here.desk.store, [Observation("t", draft=draft()), Observation("t", draft=draft("dataops.late"))]
    )
    assert (seen[0].draft is None, seen[1].draft is None, known) == (True, False, 1)
