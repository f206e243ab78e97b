"""Random ledgers that tell possible stories, written straight to lines: fast enough for thousands of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from approvals.ledger.checkpoint_line import Checkpoint
from approvals.ledger.checkpoints import public_key
from approvals.ledger.ledger_file import FORMAT, Manifest
from approvals.ledger.ledger_line import chained, composed, entry_bytes, genesis, line, stamp
from approvals.values.canonical import canonical
from approvals.values.machines import BEFORE_EFFECT, DECISION, EXECUTION, WORKABLE

START = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUSTED = frozenset({public_key(KEY)})
PEOPLE = ("dev:ann", "dev:bo", "renée@example.com", "李雷@example.com", "o'hara@example.com")
WORDS = (
    "",
    "fine",
    "naïve – “so”",
    "Ω≠ohm",
    "tab\there",
    "line\nbreak",
    '{"seq":1}',
    "\\",
    "\u2028",
    "😀",
    "\u0000",
    "ﬁ",
)


@dataclass
class Chain:
    """Entries as they are hashed, and what they hash to."""

    install_id: str
    entries: list[bytes] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def add(self, at: dt.datetime, event: str, actor: tuple[str, str] = ("human", "dev:ann"), **fields: Any) -> None:
        """Append an entry; ``body`` and the fields of an entry by name."""
        entry = {
            "on_behalf_of": None, "proposal_id": None, "revision": None, "action_digest": None, **fields,
            "seq": len(self.entries) + 1, "at": at, "actor_type": actor[0], "actor": composed(actor[1]), "event": event,
            "body": canonical(fields.get("body", {}), composed),
        }  # fmt: skip
        self.entries.append(entry_bytes(entry))
        self.hashes.append(chained(self.last, self.entries[-1]))

    @property
    def last(self) -> str:
        return self.hashes[-1] if self.hashes else genesis(self.install_id)

    @property
    def lines(self) -> list[bytes]:
        before = [genesis(self.install_id), *self.hashes]
        return [line(e, h, b) for e, h, b in zip(self.entries, self.hashes, before, strict=False)]

    def checkpoint(self, seq: int | None = None, key: Ed25519PrivateKey = KEY) -> Checkpoint:
        seq = seq or len(self.entries)
        return signed(Checkpoint(stamp(START), self.hashes[seq - 1], self.install_id, public_key(key), seq), key)


def signed(bare: Checkpoint, key: Ed25519PrivateKey = KEY) -> Checkpoint:
    return Checkpoint(bare.at, bare.hash, bare.install_id, bare.key, bare.seq, key.sign(bare.statement).hex())


def manifest(lines: list[bytes], install_id: str, last_hash: str, checkpoints: tuple[str, ...] = ()) -> Manifest:
    """The manifest that an export of ``lines`` has."""
    count = len(lines)
    return Manifest(
        checkpoints,
        count,
        min(count, 1),
        FORMAT,
        install_id,
        last_hash,
        count,
        None,
        tuple(TRUSTED),
        hashlib.sha256(b"".join(lines)).hexdigest(),
    )


@dataclass
class _Living:
    """A proposal as the generator knows it."""

    id: str
    revision: int = 1
    digest: str = ""
    state: str = DECISION.start
    voters: list[str] = field(default_factory=list)
    execution: str | None = None  # its state
    number: int = 0


def story(seed: int, length: int) -> Chain:
    """A ledger of ``length`` entries: proposals that are made, voted on, revised, carried out, in any order."""
    chance = random.Random(seed)
    chain = Chain(f"{chance.getrandbits(128):032x}")
    at, living = START, list[_Living]()
    while len(chain.entries) < length:
        at += dt.timedelta(microseconds=chance.choice((0, 1, 999_999, 3_600_000_000)))
        clock = at - dt.timedelta(seconds=chance.choice((0, 0, 0, 2)))  # a writer that had to wait
        if not living or chance.random() < 0.15:
            made = _Living(f"01{chance.getrandbits(110):024X}"[:26], digest=f"{chance.getrandbits(256):064x}")
            living.append(made)
            _say(
                chain, clock, "proposal.created", ("agent", "cost-agent"), made, chance, {"title": chance.choice(WORDS)}
            )
        elif chance.random() < 0.05:
            chain.add(clock, "switch.on", ("human", chance.choice(PEOPLE)), body={"why": chance.choice(WORDS)})
        else:
            _step(chain, clock, chance.choice(living[-6:]), chance)
    return chain


def _say(
    chain: Chain,
    at: dt.datetime,
    event: str,
    actor: tuple[str, str],
    of: _Living,
    chance: random.Random,
    body: dict[str, Any],
) -> None:
    more: dict[str, Any] = {
        "note": chance.choice(WORDS),
        "n": chance.choice((0, 1, -7, 1.5, 10**20, None, True, [], {"é": [1]})),
    }
    chain.add(at, event, actor, proposal_id=of.id, revision=of.revision, action_digest=of.digest, body=body | more)


def _step(chain: Chain, at: dt.datetime, one: _Living, chance: random.Random) -> None:
    if one.execution is not None and chance.random() < 0.9:
        _carry_on(chain, at, one, chance)
        return
    events = sorted(DECISION.moves[one.state])
    if not events:
        return
    event = chance.choice([*events, *[name for name in ("quorum", "policy_auto", "vote") if name in events] * 6])
    person = chance.choice(PEOPLE)
    if event in ("vote", "quorum"):
        if person not in one.voters:
            one.voters.append(person)
        _say(chain, at, "vote.approve", ("human", person), one, chance, {})
    under_way = one.execution in WORKABLE - BEFORE_EFFECT
    after = DECISION.moves[one.state][event]
    if one.state == "approved" and after != "approved":
        if under_way:
            return
        if one.execution in BEFORE_EFFECT:
            _execute(chain, at, one, "cancel", chance)
            one.execution = None
    if event in ("edit", "answer", "drift"):
        one.revision, one.digest, one.voters = one.revision + 1, f"{chance.getrandbits(256):064x}", []
    actor = ("policy", "policy") if event.startswith("policy") else ("human", person)
    _say(chain, at, f"decision.{event}", actor, one, chance, {"from": one.state, "to": after, "by": list(one.voters)})
    one.state = after
    if event == "revoke" and person in one.voters:
        one.voters.remove(person)
    elif event == "lapse":
        one.voters = []
    if after == "approved" and one.execution is None:
        one.execution, one.number = EXECUTION.start, one.number + 1


def _carry_on(chain: Chain, at: dt.datetime, one: _Living, chance: random.Random) -> None:
    assert one.execution is not None
    events = sorted(EXECUTION.moves[one.execution])
    if not events or (one.state != "approved" and one.execution in BEFORE_EFFECT):
        return
    wished = [name for name in ("start", "pass", "ok", "verify_pass") if name in events]
    _execute(chain, at, one, chance.choice([*events, *wished * 4]), chance)


def _execute(chain: Chain, at: dt.datetime, one: _Living, event: str, chance: random.Random) -> None:
    assert one.execution is not None
    after = EXECUTION.moves[one.execution][event]
    body = {"from": one.execution, "to": after, "execution_id": f"{one.id}-{one.number}"}
    _say(chain, at, f"execution.{event}", ("executor", "executor"), one, chance, body)
    one.execution = after
