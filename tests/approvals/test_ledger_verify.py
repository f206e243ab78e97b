"""The verifier against falsified exports and true ones (a thousand of each in `make deep`), against time, and on its own."""

from __future__ import annotations

import ast
import collections
import datetime as dt
import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.ledger import ledger_line
from approvals.ledger.checkpoint_line import BadCheckpoint, parsed
from approvals.ledger.ledger_file import Unreadable, manifest_of
from approvals.ledger.ledger_line import HEAD, TAIL
from approvals.ledger.ledger_report import said
from approvals.ledger.ledger_verify import BROKEN, INTACT, REWRITTEN, UNREADABLE, Report, verify
from approvals.values.canonical import canonical
from tests.approvals import mutations
from tests.approvals.chains import KEY, START, TRUSTED, Chain, manifest, story
from tests.approvals.mutations import MUTATIONS, Export, Mutation, exported, fitting
from tests.support.tiers import deep

D1, D2 = "1" * 64, "2" * 64


def judged(export: Export, *, with_checkpoint: bool = True, keys: frozenset[str] = TRUSTED) -> Report:
    """What the command would say of it."""
    try:
        checkpoints = [parsed(text) for text in export.checkpoints] if with_checkpoint else []
        return verify(export.lines, manifest_of(export.manifest), checkpoints, keys)
    except (Unreadable, BadCheckpoint) as error:
        return Report(UNREADABLE, str(error))


@pytest.mark.parametrize("rounds", [4, deep(40)])
@pytest.mark.parametrize("mutation", MUTATIONS, ids=[m.__name__ for m in MUTATIONS])
def test_every_falsification_is_caught(mutation: Mutation, rounds: int) -> None:
    codes: collections.Counter[int] = collections.Counter()
    for round_ in range(rounds):
        chance = random.Random(f"{mutation.__name__} {round_}")
        true = exported(story(chance.getrandbits(32), chance.randrange(4, 40)))
        false = mutation(true, chance)
        assert false != true
        for made in (false, fitting(false) if mutation is not mutations.manifest_edit else false):
            found = judged(made)
            assert found.code != INTACT, f"round {round_}: {said(found)}"
            codes[found.code] += 1
    print(f"\n{mutation.__name__}: {dict(codes)}")


@pytest.mark.parametrize("many", [60, deep(1_000)])
def test_true_exports_of_every_length_raise_no_alarm(many: int) -> None:
    for seed in range(many):
        chain = story(seed, seed % 60)
        export = (
            exported(chain)
            if chain.entries
            else Export((), manifest([], chain.install_id, chain.last).text().encode(), ())
        )
        found = judged(export)
        assert found.code == INTACT, f"seed {seed}: {said(found)}"
        assert found.warnings == ()
        assert found.entries == len(chain.entries)


def test_the_stories_reach_the_whole_of_both_machines() -> None:
    """Otherwise true exports would not show that the replay raises no false alarm."""
    from approvals.values.machines import DECISION, EXECUTION

    seen = {
        text.split(b'"event":"')[1].split(b'"')[0].decode() for seed in range(40) for text in story(seed, 400).entries
    }
    wanted = {f"decision.{event}" for event in DECISION.events} | {f"execution.{event}" for event in EXECUTION.events}
    assert wanted <= seen


def calls_to_verify(many: int) -> int:
    """How many functions a check of so many entries calls: no machine changes it, as it does seconds."""
    chain = story(5, many)
    described = manifest(chain.lines, chain.install_id, chain.last)
    marks = [chain.checkpoint(seq) for seq in range(1_000, many + 1, 1_000)]
    called = collections.Counter[str]()
    sys.setprofile(lambda _frame, event, _argument: called.update((event,)))
    try:
        report = verify(chain.lines, described, marks, TRUSTED)
    finally:
        sys.setprofile(None)
    assert report.code == INTACT
    return called["call"] + called["c_call"]


@pytest.mark.parametrize("many", [4_000, deep(40_000)])
def test_an_entry_costs_a_few_calls_however_long_the_ledger_is(many: int) -> None:
    few, all_of_them = calls_to_verify(many // 2), calls_to_verify(many)
    assert (all_of_them - few) / (many // 2) < 45
    assert all_of_them < 2.1 * few


# What only the checkpoint shows, and what not even it does.


def test_without_a_checkpoint_a_new_chain_or_a_cut_tail_passes_and_the_report_says_so() -> None:
    true = exported(story(3, 30))
    alone = replace(manifest_of(true.manifest), checkpoints=()).text().encode()
    bare = Export(true.lines, alone, ())
    entries = [line[len(HEAD) : -TAIL].replace(b"dev:ann", b"dev:eve") for line in true.lines]
    for false in (mutations.old_prefix(bare, random.Random(0)), mutations.rechained(entries, bare)):
        assert false != bare
        found = judged(false)
        assert (found.code, found.checkpoint_seq) == (INTACT, None)
        assert "would not show" in said(found)
        assert judged(replace(false, checkpoints=true.checkpoints)).code == REWRITTEN


def test_a_tail_after_the_newest_checkpoint_rests_on_the_chain_alone_and_is_said_to() -> None:
    chain = story(8, 30)
    lines = chain.lines
    found = verify(lines, manifest(lines, chain.install_id, chain.last), [chain.checkpoint(20)], TRUSTED)
    assert (found.code, found.checkpoint_seq) == (INTACT, 20)
    assert "10 entries after it rest on the chain alone" in said(found)
    cut = Chain(chain.install_id, chain.entries[:25], chain.hashes[:25])
    assert (
        verify(cut.lines, manifest(cut.lines, cut.install_id, cut.last), [chain.checkpoint(20)], TRUSTED).code == INTACT
    )
    shorter = Chain(chain.install_id, chain.entries[:15], chain.hashes[:15])
    found = verify(
        shorter.lines, manifest(shorter.lines, shorter.install_id, shorter.last), [chain.checkpoint(20)], TRUSTED
    )
    assert (found.code, found.seq) == (REWRITTEN, 16)


def test_a_key_that_only_the_export_names_is_said_to_be_that() -> None:
    chain = story(8, 10)
    described = manifest(chain.lines, chain.install_id, chain.last)
    assert "--key" in said(verify(chain.lines, described, [chain.checkpoint()]))
    assert "--key" not in said(verify(chain.lines, described, [chain.checkpoint()], TRUSTED))


def test_two_checkpoints_that_disagree_are_a_rewriting() -> None:
    one, other = story(8, 10), story(8, 10)
    other.hashes[-1] = D1
    found = verify(
        one.lines, manifest(one.lines, one.install_id, one.last), [one.checkpoint(), other.checkpoint()], TRUSTED
    )
    assert (found.code, "disagree" in found.problem) == (REWRITTEN, True)


def test_the_first_bad_entry_is_named() -> None:
    true = exported(story(4, 30))
    for place in (0, 11, 29):
        lines = list(true.lines)
        lines[place] = lines[place].replace(b'"seq"', b'"Seq"')
        found = judged(Export(tuple(lines), true.manifest, ()))
        assert (found.code, found.seq) == (BROKEN, place + 1)


def test_clocks_that_step_back_are_noted_and_break_nothing() -> None:
    chain = Chain("a" * 32)
    for minutes in (0, 10, 9.5, 3, 11):
        chain.add(START + dt.timedelta(minutes=minutes), "switch.on")
    found = verify(chain.lines, manifest(chain.lines, chain.install_id, chain.last), [chain.checkpoint()], TRUSTED)
    assert found.code == INTACT
    assert found.warnings == ("at entry 4 the clock stood 420 s before an earlier entry's",)


# The story must be possible, however well it is hashed.

Step = tuple[str, str, int, str | None, dict[str, Any]]  # event, actor, revision, digest, body
Told = list[Step]


def told(events: Told) -> Report:
    chain = Chain("b" * 32)
    for event, who, revision, digest, body in events:
        kind, _, name = who.partition(" ")
        chain.add(START, event, (kind, name), proposal_id="01P", revision=revision, action_digest=digest, body=body)
    return verify(chain.lines, manifest(chain.lines, chain.install_id, chain.last), [chain.checkpoint()], TRUSTED)


MADE: Step = ("proposal.created", "agent cost", 1, D1, {})
ANN: Step = ("vote.approve", "human ann", 1, D1, {})
BO: Step = ("vote.approve", "human bo", 1, D1, {})
YES = ("decision.quorum", "human ann", 1, D1, {"from": "open", "to": "approved", "by": ["ann"]})
GO = ("execution.start", "executor e", 1, D1, {"from": "scheduled", "to": "preflight", "execution_id": "x"})
RUN = ("execution.pass", "executor e", 1, D1, {"from": "preflight", "to": "executing", "execution_id": "x"})
DONE = ("execution.ok", "executor e", 1, D1, {"from": "executing", "to": "verifying", "execution_id": "x"})


def changed(step: Step, **changes: Any) -> Step:
    event, who, revision, digest, body = step
    return (
        changes.pop("event", event),
        changes.pop("who", who),
        changes.pop("revision", revision),
        changes.pop("digest", digest),
        body | changes,
    )


def back(event: str = "decision.revoke", **more: Any) -> Step:
    return (event, "human ann", 1, D1, {"from": "approved", "to": "open", **more})


def test_a_possible_story_passes() -> None:
    assert told([MADE, ANN, YES, GO, RUN, DONE]).code == INTACT


@pytest.mark.parametrize(
    ("events", "seq"),
    [
        ([MADE, GO, RUN], 3),  # never approved
        ([MADE, ANN, YES, GO, changed(RUN, digest=D2)], 5),
        ([MADE, ANN, YES, GO, changed(RUN, revision=2)], 5),
        ([MADE, ANN, YES, back(), GO, RUN], 6),  # taken back before
        ([MADE, ANN, YES, back(), YES], 5),  # the vote was taken back, too
        ([MADE, ANN, YES, GO, RUN, back()], 6),  # too late to take back
        ([MADE, ANN, YES, RUN], 4),  # skips preflight
        ([MADE, ANN, YES, GO, changed(RUN, to="verified")], 5),
        ([MADE, ANN, YES, GO, RUN, RUN], 6),
        ([MADE, ANN, YES, YES], 4),
        ([MADE, YES], 2),  # nobody voted
        ([MADE, ANN, changed(YES, by=[])], 3),
        ([MADE, ANN, changed(YES, by=["ann", "bo"])], 3),
        ([MADE, changed(ANN, digest=D2), YES], 3),  # voted for something else
        ([MADE, changed(ANN, who="agent cost")], 2),
        ([MADE, ANN, changed(YES, who="agent cost")], 3),
        ([MADE, ANN, changed(YES, digest=D2)], 3),  # another action than the one that stands
        ([MADE, MADE], 2),
        ([MADE, ANN, YES, changed(GO, **{"from": "executing"})], 4),
        ([changed(MADE, digest=None), changed(ANN, digest=None), changed(YES, digest=None), GO, changed(RUN, digest=None)], 5),
    ],
)  # fmt: skip
def test_an_impossible_story_is_broken_at_its_entry(events: Told, seq: int) -> None:
    found = told(events)
    assert (found.code, found.seq) == (BROKEN, seq), said(found)


def test_two_people_and_a_second_execution_are_possible() -> None:
    cancel = ("execution.cancel", "human ann", 1, D1, {"from": "scheduled", "to": "cancelled", "execution_id": "x"})
    again = [changed(step, execution_id="y") for step in (GO, RUN, DONE)]
    both = changed(YES, by=["ann", "bo"])
    assert told([MADE, ANN, BO, both, cancel, back(event="decision.lost_right"), YES, *again]).code == INTACT


# The one form.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_the_verifier_writes_json_as_the_app_does(value: dict[str, Any]) -> None:
    import unicodedata

    if len({unicodedata.normalize("NFC", key) for key in value}) < len(value):
        return  # which the app refuses
    try:
        by_app = canonical(value, ledger_line.composed)
    except ValueError:
        return
    assert ledger_line.written(json.loads(by_app)) == by_app


def test_the_verifier_needs_the_standard_library_only() -> None:
    root = Path(__file__).resolve().parents[2] / "approvals"
    own = {
        "ledger.ledger_verify", "ledger.ledger_file", "ledger.ledger_report", "ledger.ledger_line", "ledger.ledger_replay",
        "ledger.checkpoint_line", "values.machines",
    }  # fmt: skip
    strangers = set()
    for name in own:
        for node in ast.parse(
            (root / f"{name.replace('.', '/')}.py").read_text("utf-8")
        ).body:  # at import; a signature needs its library
            if isinstance(node, ast.ImportFrom | ast.Import):
                module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                strangers.add(str(module))
    import sys

    allowed = sys.stdlib_module_names | {f"approvals.{name}" for name in own}
    assert {module for module in strangers if module.split(".")[0] not in allowed and module not in allowed} == set()


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[]", b"{}", b"null", b"\xff", b'{"at":1}', KEY.public_key().public_bytes_raw(), b"[" * 100_000,
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_checkpoint_and_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(BadCheckpoint):
        parsed(text)
    with pytest.raises(Unreadable):
        manifest_of(text)


@pytest.mark.parametrize(
    "junk", [b"\n", b"\x00" * 400 + b"\n", b"[" * 100_000 + b"\n", b'{"entry":null}\n', b"\xff\xfe\n"]
)
def test_junk_is_broken_and_never_a_crash(junk: bytes) -> None:
    true = exported(story(1, 10))
    found = judged(Export((*true.lines[:4], junk, *true.lines[4:]), true.manifest, true.checkpoints))
    assert (found.code, found.seq) == (BROKEN, 5)
