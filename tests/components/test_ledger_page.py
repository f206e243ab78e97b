"""The Ledger page as a person uses it: found entries, one story, the proof, the export."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

import settings as configuration
from approvals.ledger import checkpoints, ledger
from approvals.ledger.ledger import Actor, Entry
from approvals.ledger.ledger_file import opened
from approvals.ledger.ledger_verify import INTACT, verify
from approvals.store.guards import remove
from approvals.store.store import Store
from approvals.store.tables import PROPOSALS
from components.inbox import telling
from components.ledger import proof as ledger_proof
from components.ledger import told
from components.ledger import view as ledger_view
from components.runtime import state
from settings import Settings
from tests.components.reading import NOW, Reader
from tests.support.clock import Clock
from tests.support.stores import store_at

PAGE = Path(__file__).resolve().parents[2] / "pages" / "ledger.py"
EVIL = "![x](https://evil.example/a.png) <b>*bold*</b> :material/star: $x$ \u202eabc"
D = "1" * 64


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(configuration, "settings", lambda: Settings(home=tmp_path))
    return tmp_path


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    clock = Clock(NOW - dt.timedelta(days=2))
    one = store_at(f"sqlite:///{home / 'store.sqlite'}", clock)
    with one.writing() as tx:
        tx.connection.execute(
            sa.insert(PROPOSALS).values(
                proposal_id="01A",
                state="open",
                state_since=tx.now,
                dedup_key="x",
                action_digest=D,
                policy_digest=D,
                confidence=0.5,
                bulk=False,
                expires_at=tx.now + dt.timedelta(days=1),
                due_at=tx.now,
                created_at=tx.now,
                updated_at=tx.now,
                title=f"Stop {EVIL}",
            )
        )
        about: dict[str, Any] = {"proposal_id": "01A", "revision": 1, "action_digest": D}
        ledger.append(tx, "proposal.created", Actor("agent", EVIL, "dev:bo"), **about, title=EVIL)
        ledger.append(tx, "vote.approve", Actor("human", "dev:ann"), **about, comment="fine")
    clock.now = NOW - dt.timedelta(days=40)
    with one.writing() as tx:
        for number in range(60):
            ledger.append(tx, "switch.on", Actor("human", "dev:bo"), number=number)
    with state.using(Reader({}), lambda: NOW, one):
        yield one
    one.engine.dispose()


def page(**words: str) -> AppTest:
    test = AppTest.from_file(str(PAGE), default_timeout=30)
    for key, value in words.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception
    return test


def seqs(test: AppTest) -> list[int]:
    return list(test.dataframe[0].value["seq"]) if test.dataframe else []


def test_the_newest_entries_come_first_in_plain_words(store: Store) -> None:
    shown = page().dataframe[0].value
    assert list(shown["seq"]) == [2, 1]
    assert list(shown["what"]) == ["voted for it: fine", "proposed it"]
    assert shown["who"][0] == "dev:ann"
    assert shown["who"][1].endswith("for dev:bo")
    assert "\u202e" not in shown["about"][0]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"period": "24 hours"}, []),
        ({"period": "7 days", "who": "dev:ann"}, [2]),
        ({"what": "Votes"}, [2]),
        ({"text": "FINE"}, [2]),
        ({"text": "nowhere to be found"}, []),
        ({"period": "All", "before": "3"}, [2, 1]),
        ({"before": "1e9"}, [2, 1]),  # no number: the first page
        ({"who": "nobody", "what": "<b>"}, [2, 1]),  # what the address gets wrong is left out
    ],
)
def test_the_address_decides_what_is_found(store: Store, words: dict[str, str], found: list[int]) -> None:
    assert seqs(page(**words)) == found


def test_pages_go_back_in_time_and_again_to_the_newest(store: Store) -> None:
    test = page(period="All")
    assert seqs(test) == list(range(62, 12, -1))
    test.button(key="ledger-older").click().run()
    assert seqs(test) == list(range(12, 0, -1))
    assert test.query_params["before"] == ["13"] or test.query_params["before"] == "13"
    test.button(key="ledger-newest").click().run()
    assert seqs(test)[0] == 62


def test_one_proposal_tells_its_whole_story(store: Store) -> None:
    test = page(p="01A")
    assert len(test.expander) == 2
    assert "voted for it" in test.expander[1].label
    assert "![x]" not in test.expander[0].label  # only as escaped text
    assert '"comment": "fine"' in test.code[2].value
    assert "\\u202e" in test.code[0].value
    test.button(key="ledger-all").click().run()
    assert seqs(test) == [2, 1]
    assert "no entry" in page(p="nobody").markdown[0].value


def test_the_proof_says_how_far_it_reaches(store: Store, home: Path) -> None:
    test = page()
    test.button(key="ledger-verify").click().run()
    assert "62 entries" in test.success[0].value
    assert "no checkpoint yet" in test.caption[0].value
    key = checkpoints.signing_key(home)
    assert checkpoints.write_due(store, home / "checkpoints", key, NOW) == 62
    test.button(key="ledger-verify").click().run()
    assert "agree with the signed checkpoint at entry 62" in test.caption[0].value


def test_checkpoints_in_a_second_place_are_the_ones_it_goes_by(
    store: Store, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Settings(home=home, checkpoints=str(tmp_path / "volume"))
    monkeypatch.setattr(configuration, "settings", lambda: away)
    checkpoints.write_due(store, tmp_path / "volume", checkpoints.signing_key(home), NOW)
    assert "Signed up to entry 62" in page().caption[0].value
    assert not (home / "checkpoints").exists()


def test_a_change_in_the_database_is_named(store: Store, home: Path) -> None:
    with store.engine.begin() as connection:
        remove(connection)
        connection.exec_driver_sql("UPDATE ledger SET body = 'no json' WHERE seq = 2")
    test = page()
    test.button(key="ledger-verify").click().run()
    assert "Not intact at entry 2" in test.error[0].value.replace("\\", "")
    assert not page(p="01A").exception  # it can still be read


def test_a_checkpoint_that_cannot_be_read_is_no_clean_ledger(store: Store, home: Path) -> None:
    (home / "checkpoints").mkdir()
    (home / "checkpoints" / "x.json").write_text("{}")
    test = page()
    test.button(key="ledger-verify").click().run()
    assert "cannot be read" in test.error[0].value.replace("\\", "")
    assert not test.success


def test_the_export_proves_itself_elsewhere(store: Store, home: Path, tmp_path: Path) -> None:
    checkpoints.write_due(store, home / "checkpoints", checkpoints.signing_key(home), NOW)
    content = ledger_proof.packed(store, Settings(home=home))
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["ledger.jsonl", "ledger.manifest.json"]
    (tmp_path / "taken.zip").write_bytes(content)
    marks, keys = checkpoints.marks(Settings(home=home)), checkpoints.trusted(Settings(home=home))
    with opened(tmp_path / "taken.zip") as (lines, manifest):
        found = verify(lines, manifest, marks, keys)
    assert (found.code, found.entries, found.checkpoint_seq) == (INTACT, 63, 62)  # and the entry that tells of it
    (tmp_path / "one.zip").write_bytes(ledger_proof.packed(store, Settings(home=home), "01A"))
    with opened(tmp_path / "one.zip") as (lines, manifest):
        assert (len(list(lines)), manifest.proposal_id) == (2, "01A")


def test_every_event_of_the_machines_has_words() -> None:
    from approvals.values.machines import DECISION, EXECUTION

    events = [f"decision.{event}" for event in DECISION.events] + [f"execution.{event}" for event in EXECUTION.events]
    assert [event for event in events if told.what(event).startswith(("decision", "execution"))] == []
    assert told.what("thing.not_known") == "thing: not known"


def entry(seq: int, event: str, actor: Actor, **body: Any) -> Entry:
    return Entry(
        seq, NOW, actor.type, actor.id, actor.on_behalf_of, event, "01A", 1, D, json.dumps(body), "0", f"{seq}"
    )


ANN, BOT = Actor("human", "dev:ann"), Actor("executor", "vm-20301-0")


def test_a_vote_is_told_once_with_what_it_led_to() -> None:
    first = [
        entry(1, "vote.approve", ANN, comment="fine"),
        entry(2, "decision.vote", ANN, **{"from": "open", "to": "open"}),
    ]
    last = [entry(3, "vote.approve", ANN), entry(4, "decision.quorum", ANN, **{"from": "open", "to": "approved"})]
    no = [
        entry(5, "vote.reject", ANN, reason="stale", comment="gone"),
        entry(6, "decision.reject", ANN, reason="stale", comment="gone", to="rejected"),
    ]
    assert [telling.sentence(one) for one in telling.steps(first + last + no)] == [
        "voted for it: fine",
        "voted for it, the last vote it needed → Approved",
        "voted against it: gone · Out of date → Rejected",
    ]
    other = [entry(7, "vote.approve", ANN), entry(8, "decision.expire", Actor("system", "sweeper"), to="expired")]
    assert len(telling.steps(other)) == 2


def test_an_announced_call_is_one_step_with_its_end_and_machines_have_no_names() -> None:
    made = [entry(1, "execution.intent_act", BOT), entry(2, "execution.ok", BOT, to="verifying")]
    (step,) = telling.steps(made)
    assert (telling.who(step.first), telling.sentence(step)) == ("the executor", "made the change → Verifying")
    (alone,) = telling.steps(made[:1])
    assert telling.sentence(alone) == "wrote down what it is about to call"


def test_every_entry_is_in_one_step() -> None:
    chance = random.Random(3)
    events = ["vote.approve", "decision.vote", "decision.quorum", "execution.intent_act", "execution.ok", "draft.done"]
    for _ in range(50):
        made = [entry(n, chance.choice(events), chance.choice([ANN, BOT])) for n in range(12)]
        assert [one for step in telling.steps(made) for one in step.entries] == made


def test_what_a_switch_stops_is_said_beside_it(store: Store) -> None:
    with store.writing() as tx:
        ledger.append(tx, "switch.on", Actor("human", "dev:bo"), level="global", name="*", reason="Incident drill")
        ledger.append(tx, "switch.on", Actor("human", "dev:bo"), level="dimension", name="fin", reason="close")
        ledger.append(tx, "switch.off", Actor("human", "dev:bo"), level="kind", name="job.run_now")
    shown = page(period="All", what="Kill switches").dataframe[0].value
    assert list(shown["about"])[:3] == ["Kind of action job.run_now", "Dimension FinOps", "Everything"]
    assert shown["what"][2] == "turned a kill switch on: Incident drill"


def test_that_a_vote_was_counted_is_not_listed_beside_the_vote(store: Store) -> None:
    with store.writing() as tx:
        ledger.append(tx, "decision.vote", Actor("human", "dev:ann"), proposal_id="01A", to="open")
    counted = seqs(page(period="All"))[0]
    assert counted == 62 and seqs(page(period="All", what="Decisions")) == [63]


def test_auditors_take_every_entry_along_and_formulas_are_disarmed(store: Store) -> None:
    with store.writing() as tx:
        ledger.append(tx, "vote.reject", Actor("human", "=cmd|' /C calc'!A0"), proposal_id="01A", comment="-1+1")
    wanted = ledger_view.Wanted("", "", "", None, None)
    lines = list(csv.reader(io.StringIO(ledger_view.found_csv(store, wanted, NOW).decode("utf-8-sig"))))
    assert lines[0][0].startswith("Ledger · as of 2026-11-20 12:00 UTC") and lines[1][:3] == [
        "No.",
        "When (UTC)",
        "Who",
    ]
    assert [int(line[0]) for line in lines[2:]] == list(range(63, 0, -1))
    assert lines[2][2] == "'=cmd|' /C calc'!A0"
    assert not [value for line in lines for value in line if value.startswith(("=", "-", "+", "@"))]


def test_the_story_leads_to_the_card(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda file, query_params: went.append((file, query_params)))
    page(p="01A").button(key="ledger-card").click().run()
    assert went == [("inbox.py", {"p": "01A"})]
