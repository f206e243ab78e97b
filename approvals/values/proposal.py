"""The typed values of the action path: what an agent asks for (:class:`Draft`), and what people decide on
(:class:`Content`, one revision of a proposal), bound by :func:`action_digest`.

Money is Decimal with its currency, times are UTC, durations are whole seconds, ratios lie between 0 and 1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from approvals.values.canonical import digest
from approvals.values.considered import Answer, Benefit, Factor, Ooda
from approvals.values.value import Json, Value
from dimensions import Named, stored

SCHEMA_VERSION = 1
Environment = Literal["dev", "test", "prod", "governance"]
Reversibility = Literal["auto", "manual", "partial", "none"]


# The types of object in Unity Catalog, and how many parts their names have.
CATALOGUED = {"catalog": 1, "schema": 2, "table": 3, "volume": 3, "function": 3, "model": 3, "index": 3, "column": 4}


class Target(Value):
    """What is acted on. ``name`` is for showing only and is foreign text; ``id`` is what the SDK is given."""

    workspace_id: str
    type: str  # warehouse, job, run, cluster, policy, pipeline, table, schema, catalog, model, endpoint, index ...
    id: str
    name: str = ""

    @property
    def key(self) -> str:
        """``workspace/type/id``: one active change at a time for each. Unity Catalog knows its objects in any capitals,
        so their names are in small letters here."""
        return f"{self.workspace_id}/{self.type}/{self.id.lower() if self.type in CATALOGUED else self.id}"


class Agent(Value):
    """Who proposes. ``principal`` is the identity it signed in with; ``sponsor`` the person behind it, if any, from the
    intake on by their id in the directory: neither may ever decide on the proposal."""

    id: str
    version: str
    principal: str
    sponsor: str | None = None
    run_id: str | None = None


class Scalar(Value):
    """A figure the proposal rests on. At preflight it is read again: it must stay within ``tolerance`` (ratio) of
    ``observed`` and on the same side of ``threshold``. ``text``, also where it looks like a number, must stay equal."""

    column: str
    observed: Annotated[str | Decimal | None, Field(union_mode="left_to_right")]
    text: bool = False
    tolerance: Decimal = Decimal("0.2")
    threshold: Decimal | None = None
    unit: str = ""

    @model_validator(mode="before")
    @classmethod
    def _number_or_text(cls, given: Any) -> Any:
        """JSON writes both as text; ``text`` says which it was."""
        if not isinstance(given, dict):
            return given
        observed = given.get("observed")
        made = {"text": isinstance(observed, str)} | given
        if not isinstance(observed, str) or made["text"]:
            return made
        try:
            return made | {"observed": Decimal(observed)}
        except ArithmeticError:
            raise ValueError("not a number") from None


class Evidence(Value):
    """Rows of a catalogue query, read by the cockpit's own code. ``params`` and ``match`` find the entity's row again.
    ``rows_digest`` covers the rows as read; at most 20 of them are kept."""

    title: str
    query: str
    params: Json
    match: Json
    scalars: tuple[Scalar, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    row_count: int = 0
    rows_digest: str = ""
    executed_at: dt.datetime | None = None
    data_as_of: dt.datetime | None = None
    max_age_s: int = 48 * 3600


class Change(Value):
    """One line of the diff, typed: ``path`` goes from ``before`` to ``after``. None means absent."""

    path: str
    before: Any
    after: Any
    unit: str = ""
    sensitive: bool = False


class Check(Value):
    """A condition and what was found: ``ok`` None means not known yet."""

    id: str
    expected: str
    observed: str = ""
    ok: bool | None = None


_EMPTY = {"output_digest": ""}  # of a dry run: written and signed by the first version, never filled


class DryRun(Value):
    """``native``: Databricks itself tried it; ``simulated``: worked out from the state read; ``none``: not possible."""

    mode: Literal["native", "simulated", "none"]
    ok: bool = True
    warnings: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _as_written_before(cls, given: Any) -> Any:
        """Earlier versions wrote down a field that was always empty."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value or name not in _EMPTY}


class Rollback(Value):
    """The action that undoes this one; it runs under the same approval. ``params`` may hold what is known only after
    the effect (a run id): then it is completed from the references of the execution."""

    kind: str
    params: Json
    auto: bool = True


class VerifyPlan(Value):
    """After ``settle_s`` the checks run every ``interval_s`` until ``consecutive_ok`` in a row hold, ``fail_limit``
    fail, or ``window_s`` is over."""

    checks: tuple[str, ...] = ()
    settle_s: int = 2
    interval_s: int = 5
    window_s: int = 120
    fail_limit: int = 2
    consecutive_ok: int = 1


class Consumer(Value):
    """A service, team or object that a change reaches."""

    name: str
    type: str
    owner: str = ""
    risk: Literal["low", "medium", "high"] = "low"
    why: str = ""


class Impact(Value):
    """Who is hit if it goes wrong, worked out by code. ``coverage`` none means: nothing is known, not: nobody."""

    consumers: tuple[Consumer, ...] = ()
    objects: int = 1
    principals: int = 0
    skipped: tuple[str, ...] = ()
    coverage: Literal["complete", "partial", "none"] = "none"
    data_as_of: dt.datetime | None = None


class Seats(Value):
    """``count`` people, each in one of ``groups``. No group: nobody can fill it."""

    id: str
    groups: tuple[str, ...]
    count: int = 1
    why: str = ""


class Requirement(Value):
    """All sets of seats must be filled, a person fills one seat only; ``denials`` rejections end it."""

    seats: tuple[Seats, ...] = ()
    denials: int = 1


class Draft(Value):
    """What an agent or a person hands in: a wish, its grounds, and words. Everything that decides (risk, diff, evidence
    rows, whose it is, who must agree) is worked out from it by code. ``evidence`` names queries; their rows are read
    again here. ``raise_risk`` can only make it worse."""

    kind: str
    target: Target
    params: Json
    agent: Agent
    evidence: tuple[Evidence, ...] = ()
    benefit: Benefit | None = None
    ooda: Ooda = Ooda()
    narrative: str = Field(default="", max_length=4_000)
    confidence: Decimal = Field(default=Decimal("0.5"), ge=0, le=1)
    raise_risk: str = ""  # a reason: the risk is one class higher than worked out

    @model_validator(mode="before")
    @classmethod
    def _as_written_before(cls, given: Any) -> Any:
        """Drafts of earlier versions name an owner, who is read from the target now, and write down what they cannot
        say; what they do say of it is refused like any unknown field."""
        if not isinstance(given, dict):
            return given
        empty = {"replaces", "undo_of", "emergency"}
        return {name: value for name, value in given.items() if name != "owner" and (value or name not in empty)}


class Content(Value):
    """One revision of a proposal, complete: what will run, why, who must agree. Never changed once written."""

    schema_version: int = SCHEMA_VERSION
    kind: str
    kind_version: int
    dimension: Named
    target: Target
    env: Environment
    agent: Agent
    owner: str = ""
    title: str
    params: Json
    before: Json
    changes: tuple[Change, ...]
    steps: tuple[str, ...]
    preconditions: tuple[Check, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    impact: Impact = Impact()
    benefit: Benefit | None = None
    ooda: Ooda = Ooda()
    narrative: str = ""
    answers: tuple[Answer, ...] = ()
    consumer_workspaces: tuple[str, ...] = ()  # of the impact's consumers in their order, for who may see which
    consumer_ids: tuple[str, ...] = ()  # likewise, so that each can be opened
    confidence: Decimal = Decimal("0.5")
    calibrated: Decimal | None = None
    risk: int = Field(ge=0, le=4)
    risk_factors: tuple[Factor, ...] = ()
    reversibility: Reversibility
    dry_run: DryRun
    rollback: Rollback | None = None
    verify: VerifyPlan = VerifyPlan()
    requirement: Requirement = Requirement()
    policy_digest: str
    rules: tuple[str, ...] = ()
    decision_ttl_s: int
    approval_ttl_s: int
    undo_s: int = 0
    bulk: bool = False  # may be decided together with others of its kind
    undo_of: str | None = None
    emergency: str = ""

    @property
    def dedup_key(self) -> str:
        """Equal for proposals that want the same effect on the same thing. Principals are known in any capitals."""
        named = {name: self.params[name].lower() for name in ("principal",) if isinstance(self.params.get(name), str)}
        return digest([self.kind, self.target.key, self.params | named])

    @property
    def group_key(self) -> str:
        """Proposals of one kind by one agent for one owner are shown as one line."""
        return f"{self.kind}|{self.agent.id}|{self.owner}"


WORDS = frozenset({"ooda", "narrative", "answers", "confidence", "calibrated", "consumer_workspaces", "consumer_ids"})


def action_digest(proposal_id: str, revision: int, content: Content) -> str:
    """What a vote signs and the executor works out again: everything that says what runs, on what grounds, and who had
    to agree. Words of agents and people, and where consumers are found (:data:`WORDS`), are not part of it, and are never
    shown as if they were."""
    return signed_fields(proposal_id, revision, {name: getattr(content, name) for name in Content.model_fields})


def signed_fields(proposal_id: str, revision: int, fields: Mapping[str, Any]) -> str:
    """:func:`action_digest` of a content's fields, as values or as JSON of whatever version: they are signed as the first
    version wrote them, so that what it signed stays signed."""
    signed = as_written({name: value for name, value in fields.items() if name not in WORDS})
    signed["dry_run"] = _EMPTY | dict(signed["dry_run"])
    return digest({"proposal_id": proposal_id, "revision": revision, "content": signed})


def as_written(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A content's fields as they are signed and stored: the dimension by its word of old (:func:`dimensions.stored`)."""
    return {**fields, "dimension": stored(fields["dimension"])}
