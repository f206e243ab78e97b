"""The inbox's pure parts: rows, diffs, forms out of schemas, words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from actions.registry import KINDS
from approvals.reading.inbox import Line
from approvals.reading.inbox_details import Details
from approvals.values.considered import Ooda
from approvals.values.machines import DECISION, EXECUTION
from approvals.values.proposal import Change, Consumer, Content, Impact
from approvals.values.refusals import AlreadyDecided
from approvals.values.titles import titled
from components.inbox import could_break, diff, doing, head, messages, rows, typed_form, why_now, will_run, words
from components.runtime.name_button import worded
from tests.components.inbox_store import NOW, content, revoke_grant
from things import Thing

LINE = Line(
    proposal_id="1",
    revision=1,
    state="open",
    title="Stop `x`",
    kind="k",
    dimension="finops",
    env="dev",
    owner="o",
    risk=1,
    agent_id="a",
    group_key="g",
    confidence=Decimal("0.9"),
    benefit_low=None,
    benefit_high=None,
    currency="",
    seats=2,
    seats_filled=1,
    occurrences=1,
    expires_at=NOW + dt.timedelta(hours=5),
    due_at=NOW + dt.timedelta(hours=1),
    evidence_at=None,
    state_since=NOW - dt.timedelta(minutes=4),
    created_at=NOW,
    claimed_by="",
    question=None,
    auto_by="",
    bulk=True,
    action_digest="d",
    execution=None,
)


def line(**changes: Any) -> Line:
    return dataclasses.replace(LINE, **changes)


@pytest.mark.parametrize(
    ("changes", "chips"),
    [
        ({}, ["Open"]),
        ({"question": "why?", "claimed_by": "ann"}, ["Open", "Question", "Claimed"]),
        ({"state": "approved", "execution": "scheduled"}, ["Scheduled"]),
        (
            {"state": "approved", "execution": "scheduled", "holds": ["freeze: close", "budget"]},
            ["Held", "Freeze", "Budget"],
        ),
        ({"state": "approved", "execution": "verified", "auto_by": "r1", "claimed_by": "ann"}, ["Verified", "Auto"]),
        ({"state": "rejected", "execution": "scheduled"}, ["Rejected"]),
        ({"state": "approved", "execution": "indeterminate"}, ["Effect unknown"]),
    ],
    ids=str,
)
def test_chips(changes: dict[str, Any], chips: list[str]) -> None:
    assert rows.chips(line(**changes)) == chips


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "5 h left"),
        ({"due_at": NOW}, "late, 5 h left"),
        ({"expires_at": NOW}, "expired"),
        (
            {"state": "approved", "execution": "scheduled", "starts_at": NOW + dt.timedelta(seconds=92)},
            "starts in 1 m 32 s",
        ),
        ({"state": "rejected"}, "4 min ago"),
    ],
    ids=str,
)
def test_due(changes: dict[str, Any], said: str) -> None:
    assert rows.due(line(**changes), NOW) == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (Details(coverage="none"), "not known"),
        (Details(coverage="partial"), "partly known"),
        (Details(coverage="complete"), "none found"),
        (Details(consumers=3, worst="high", coverage="complete"), "3, worst high"),
        (Details(consumers=3, worst="low", coverage="partial"), "3+, worst low"),
    ],
)
def test_nothing_known_is_not_nobody(more: Details, said: str) -> None:
    assert rows.hits(more) == said


@pytest.mark.parametrize(
    ("low", "high", "currency", "said"),
    [(Decimal(310), Decimal(460), "USD", "$310–460"), (Decimal("1.5"), Decimal("9.25"), "EUR", "€1.50–9.25"),
     (Decimal(900), Decimal(3100), "USD", "$900–3.1k"), (Decimal(5), Decimal(5), "CHF", "CHF 5"), (None, None, "", "–")],
)  # fmt: skip
def test_money_is_a_range_with_its_currency(low: Any, high: Any, currency: str, said: str) -> None:
    assert rows.span(low, high, currency) == said


def test_every_state_class_and_event_has_its_words() -> None:
    known = {*DECISION.states, *EXECUTION.states}
    assert known == set(words.STATE) == set(words.STATE_MEANS) == set(words.STATE_COLOUR)
    assert {f"decision.{one}" for one in DECISION.events} | {f"execution.{one}" for one in EXECUTION.events} <= set(
        words.EVENT
    )
    assert len(set(words.RISK.values())) == 5 == len({one[0] for one in words.RISK.values()})  # a shape for each
    for theme in ("light", "dark"):
        assert set(rows.columns(theme, ["USD"], True)) == {*rows.WIDE, *rows.NARROW}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(path="n", before=60, after=10, unit="min"), "n 60 → 10 min"),
        (Change(path="on", before=True, after=False), "on on → off"),
        (Change(path="key", before="hunter2", after="hunter3", sensitive=True), "key •••••• → ••••••"),
        (Change(path="key", before="hunter2", after=None, sensitive=True), "key •••••• → not set"),
        (Change(path="list", before=["a", "b"], after=[]), "list a, b → nothing"),
        (Change(path="map", before={"a": 1}, after=None), 'map {"a": 1} → not set'),
    ],
)
def test_a_change_in_words(change: Change, said: str) -> None:
    assert diff.sentence(change) == said
    assert "hunter" not in diff.frame([change]).to_string()


def test_a_list_says_what_comes_and_goes() -> None:
    frame = diff.frame([Change(path="p", before=["SELECT", "USE"], after=["USE", "MODIFY"])])
    assert frame.iloc[0].tolist() == ["p", "SELECT, USE", "USE, MODIFY", "−SELECT +MODIFY"]


def test_the_brief_says_what_is_known() -> None:
    assert worded(head.runs(content())) == "stops after 10 idle minutes, not 60: warehouse bi-adhoc (prod)"
    seen = "finops-agent says: bi-adhoc ran 214 h in 30 days, 71% of it without a statement"
    read = "read by the cockpit: idle share 0.71, limit 0.5"
    assert worded(head.reason(content())) == f"{seen}; {read}; doing nothing costs $10–15 a day"
    assert worded(head.reason(content(), past=True)) == f"{seen}; {read}"
    assert worded(head.reason(content(undo_of="1"))) == "agent-finops wanted the change taken back"
    assert worded(head.reason(content(evidence=(), benefit=None, ooda=Ooda()))) == "finops-agent gave no evidence"
    assert worded(head.harm(content())) == "2 consumers, the worst of medium risk: Growth daily dashboard of growth"


def test_every_name_in_the_brief_opens() -> None:
    of = content()
    assert [part[1] for part in head.runs(of) if not isinstance(part, str)] == [
        Thing("warehouse", of.target.id, of.target.workspace_id)
    ]
    assert head.reason(of)[0] == ("finops-agent", Thing("agent", "finops-agent"))
    assert head.harm(of)[-1] == ("growth", Thing("principal", "growth"))


def test_rows_of_evidence_open_what_they_name() -> None:
    columns = ("workspace_id", "warehouse_id", "warehouse", "hours")
    rows = why_now.rows(content().evidence[0].model_copy(update={"columns": columns, "rows": (("1", "w", "bi", 3),)}))
    opened = {name: rows.thing_at(name, 0) for name in columns}
    house = Thing("warehouse", "w", "1")
    assert opened == {"workspace_id": Thing("workspace", "1"), "warehouse_id": house, "warehouse": house, "hours": None}


@pytest.mark.parametrize(
    ("state", "verb", "by", "comment", "said"),
    [
        ("rejected", "reject", "ana", "no", "Rejected by ana 4 s ago: no"),
        ("expired", "expire", "", "", "Expired 4 s ago"),
        ("superseded", "supersede", "", "newer", "Superseded 4 s ago: newer"),
    ],
)
def test_who_was_faster(state: str, verb: str, by: str, comment: str, said: str) -> None:
    assert messages.sentence(AlreadyDecided(state, verb, by, NOW, comment), NOW + dt.timedelta(seconds=4)) == said


def test_an_unforeseen_error_says_nothing_of_its_inside() -> None:
    assert "secret" not in messages.sentence(RuntimeError("secret"), NOW)


# Parameters that fit each kind, to see that a form gives back exactly what it was given.
PARAMS: dict[str, dict[str, Any]] = {
    "warehouse.set_autostop": {"auto_stop_minutes": 25},
    "cluster.resize": {"num_workers": None, "min_workers": 2, "max_workers": 8},
    "job.pause_schedule": {"paused": True},
    "job.set_retries": {"max_retries": 3, "task_keys": ["a", "b c"], "each": []},
    "job.repair_run": {"rerun_all_failed_tasks": False, "rerun_tasks": ["load"]},
    "grant.revoke": {"principal": "data team", "privileges": ["SELECT", "MODIFY"]},
    "model.set_alias": {"alias": "champion", "version": None},
    "serving.set_traffic": {"routes": [{"served_model": "m-1", "percent": 90}, {"served_model": "m-2", "percent": 10}]},
    "policy.edit": {"definition": '{\n  "spark_version": {"type": "fixed"}\n}'},
    "notify.owner": {"recipient": "team-growth", "subject": "Idle", "text": "One\nTwo"},
    "permission.update": {"principal": "team", "principal_type": "group", "level": None},
    "job.run_now": {},
}


def form(kind: str, params: dict[str, Any]) -> None:
    wanted = typed_form.fields(KINDS[kind].Params.model_json_schema())
    typed_form.draw(wanted, params, "f", {})
    st.session_state["result"] = typed_form.typed(wanted, "f")


@pytest.mark.parametrize("kind", PARAMS)
def test_a_form_gives_back_what_it_was_given(kind: str) -> None:
    test = AppTest.from_function(_script, args=(kind, PARAMS[kind]), default_timeout=30).run()
    assert not test.exception
    assert test.session_state["result"] == (PARAMS[kind], {})


def _script(kind: str, params: dict[str, object]) -> None:  # it runs alone, without imports
    from tests.components.test_inbox_parts import form

    form(kind, params)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form(kind: str) -> None:
    for field in typed_form.fields(KINDS[kind].Params.model_json_schema()):
        assert field.title and field.shape in typed_form.SHAPES
        assert field.shape != "json" or kind in ("job.set_retries", "serving.set_traffic"), field


def test_what_cannot_be_read_is_told_and_kept() -> None:
    test = AppTest.from_function(_script, args=("serving.set_traffic", PARAMS["serving.set_traffic"])).run()
    test.text_area[0].set_value("[{not json").run()
    params, problems = test.session_state["result"]
    assert params == {} and problems["routes"].startswith("Routes: not JSON")
    assert test.text_area[0].value == "[{not json"
    test = AppTest.from_function(_script, args=("warehouse.set_autostop", {})).run()
    assert test.session_state["result"] == ({}, {"auto_stop_minutes": "Stop after idle minutes: fill this in."})


def test_what_cannot_be_seen_is_written_out_in_what_runs() -> None:
    made = Change(path="tag a\u200bb", before=None, after="ok\u202egpj.exe")
    assert diff.sentence(made) == "tag a\\u200bb not set → ok\\u202egpj.exe"
    assert diff.frame([made]).iloc[0].tolist()[:3] == ["tag a\\u200bb", "not set", "ok\\u202egpj.exe"]


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (content(), "stops after 10 idle minutes, not 60"),
        (
            content(changes=(Change(path="auto_stop_mins", before=10, after=0, unit="min"),)),
            "never stops by itself, not 10",
        ),
        (revoke_grant(), "takes SELECT away from contractors"),
        (
            content(
                "job.repair_run",
                kind="job.repair_run",
                changes=(
                    Change(path="repairs", before=1, after=2),
                    Change(path="tasks", before=None, after=["a", "b\u200b"]),
                ),
            ),
            "runs a, b\\u200b again, as its second repair",
        ),
        (content(changes=(Change(path="of another shape", before=1, after=2),)), "of another shape 1 → 2"),
        (content(kind="tag.set", changes=(), steps=("Set it",)), "Set it"),
    ],
)
def test_what_it_does_is_a_sentence_of_its_kind(of: Content, said: str) -> None:
    assert doing.sentence(of) == said


@pytest.mark.parametrize(
    ("impact", "said"),
    [
        (Impact(coverage="none"), "1 object"),
        (Impact(coverage="complete"), "1 object, 0 consumers"),
        (
            Impact(coverage="partial", consumers=(Consumer(name="a", type="job", risk="high"),) * 2, principals=1),
            "1 object, at least 2 consumers, 2 of high risk, 1 person or group",
        ),
    ],
)
def test_the_card_does_not_count_what_nobody_looked_for(impact: Impact, said: str) -> None:
    assert could_break.reach(impact) == said


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Stop `x`", "Stop ‘x’"),
        ("Repair run `77` of `load`: run `a`, `b` again", "Repair ‘load’: run ‘a’, ‘b’ again (run 77)"),
        ("Repair run `77`: run the failed tasks again", "Repair run ‘77’: run the failed tasks again"),
        ("Cancel run `77` of `load`", "Cancel ‘load’ (run 77)"),
    ],
)
def test_a_name_stands_before_an_id(title: str, said: str) -> None:
    assert titled(title) == said


def test_names_that_mix_scripts_are_marked() -> None:
    odd = content("grant.add", params={"principal": "\u0430da@example.com", "privileges": ["SELECT"]})
    assert will_run.lookalikes(odd) == [("\u0430da@example.com", "cyrillic and latin")]
    assert will_run.lookalikes(content("grant.add", params={"principal": "ada@example.com"})) == []
