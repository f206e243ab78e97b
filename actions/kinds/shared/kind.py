"""What a kind of action is: one class per file of this room, complete and understandable alone.

``snapshot -> plan -> dry run -> execute -> find -> verify -> inverse``. A kind never retries, never sleeps and never
writes to the store: the executor does. It is given two SDK clients: one that reads (and may retry), one that acts
(exactly one try). Whatever the SDK raises inside ``execute`` is left to the executor.
"""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator

from actions.kinds.shared.right import Right
from actions.workspaces import Scope
from approvals.values.canonical import canonical
from approvals.values.proposal import Change, Check, DryRun, Impact, Reversibility, Target, VerifyPlan
from approvals.values.value import Json
from dimensions import Key
from spelling import honest

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


SKEW = dt.timedelta(minutes=2)  # how far our clock may be ahead of the workspace's


class Params(BaseModel):
    """Parameters of a kind: strict types, unknown names refused; its JSON schema makes the form for an override. Every
    text must look like what it is (:func:`spelling.honest`), but for the fields that are ``words``: free text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    words: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="after")
    @classmethod
    def _looks_like_what_it_is(cls, value: Any, info: ValidationInfo) -> Any:
        if info.field_name not in cls.words and not all(map(honest, _texts(value))):
            raise ValueError(f"{info.field_name} holds characters that cannot be seen or look like others")
        return value


P = TypeVar("P", bound=Params)


class NoParams(Params):
    """Nothing to choose."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _each_once(values: Sequence[Any]) -> Any:
    by_text = {canonical(one): one for one in values}
    return type(values)(by_text[name] for name in sorted(by_text))  # type: ignore[call-arg]


UNORDERED = AfterValidator(_each_once)  # a list whose order and repetitions say nothing: it has one spelling


class Gone(Exception):
    """The target does not exist (any more)."""


class NotAsApproved(Exception):
    """Read right before the call, the target is no longer what was approved: nothing was sent."""


@dataclass(frozen=True)
class Intent:
    """What was announced before a call: ``key`` (64 hexadecimal characters, the same for every attempt), when (UTC),
    and what the call returned, if it returned."""

    key: str
    at: dt.datetime
    refs: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Inverse:
    """The action that takes an action back."""

    kind: str
    params: Json


Found = Literal["done", "none", "partial", "unknown"]


ID, NUMBER = r"[A-Za-z0-9_-]{1,128}", r"[1-9][0-9]{0,18}"


def reference(said: object, shape: str = ID) -> str:
    """What an answer calls the run, repair or update that was begun: a text, or a number where that is its ``shape``.
    Raises :class:`ValueError` where it names none: then it is not known whether there is one, and it is looked for."""
    text = str(said) if isinstance(said, str) or (shape == NUMBER and type(said) is int) else ""
    if not re.fullmatch(shape, text):
        raise ValueError("the answer does not say what was begun")
    return text


def once(begun: int | None) -> Check:
    """Where the API knows no token: that one was ``begun`` since the image (None: more than can be read). A second one is
    somebody else's, or something in between sent the request twice; which of both cannot be told, so people look."""
    observed = "more than can be read" if begun is None else f"{begun}, by somebody else or by a request sent twice"
    alone = begun is not None and begun <= 1
    return Check(id="once", expected="begun once", observed="once" if alone else observed, ok=alone)


def essence(image: Json) -> Json:
    """The part of an image that must not have moved between approval and act, and that an undo restores. Names that
    begin with an underscore are context that changes by itself (is it running, what else is set)."""
    return {name: value for name, value in image.items() if not name.startswith("_")}


def only_ours(kind: Kind[P], params: P, before: Json, now: Json) -> bool:
    """Whether everything that differs between ``before`` and ``now`` is what this change itself does: each part of the
    image that moved brings it nearer to its end. A value that somebody else has set since does not. Pure."""
    planned = kind.plan(before, params)
    for name, value in essence(now).items():
        if value == before.get(name):
            continue
        left = kind.plan(before | {name: value}, params)
        if len(left) >= len(planned) or any(one not in planned for one in left):
            return False
    return True


class Kind(ABC, Generic[P]):
    """One kind of action. ``snapshot`` images and ``refs`` hold JSON values only (text, numbers, lists, objects)."""

    name: ClassVar[str]  # "warehouse.set_autostop"
    version: ClassVar[int] = 1
    dimension: ClassVar[Key]
    resource: ClassVar[str]  # the type of its targets: warehouse, job, run, cluster, table ...
    Params: ClassVar[type[Params]]  # what it is a `Kind` of
    base_risk: ClassVar[int]  # 0 to 4
    reversibility: ClassVar[Reversibility]  # auto: `inverse` restores the image; none: nothing does
    dry_run_mode: ClassVar[Literal["native", "simulated", "none"]] = "simulated"
    idempotency: ClassVar[Literal["token", "set", "chain", "search", "key"]]
    repeatable: ClassVar[bool] = False  # `execute` may be repeated with the same key without a second effect
    verify_plan: ClassVar[VerifyPlan] = VerifyPlan()
    tolerance: ClassVar[Decimal] = Decimal("0.2")  # how far a figure of the evidence may move (ratio) until it acts
    evidence_lasts_s: ClassVar[int] = 48 * 3600  # how old the rows of the evidence may be when it acts, in seconds
    needs_evidence: ClassVar[bool] = True  # an agent's proposal rests on something that can be read again
    further_resources: ClassVar[tuple[str, ...]] = ()  # other types of target that the same call serves
    scope: ClassVar[Scope] = (
        "workspace"  # where its targets are: in one workspace, the metastore, or the cockpit itself
    )
    sends: ClassVar[bool] = False  # no call: what `message` says goes into the outbox
    interrupts: ClassVar[bool] = True  # what runs on the target now may be interrupted by the change
    right: ClassVar[Right]  # what it takes on its target
    enabled: ClassVar[bool] = True  # destructive kinds are off until a policy names them

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        for base in cls.__dict__.get("__orig_bases__", ()):
            for one in get_args(base):
                if isinstance(one, type) and issubclass(one, Params):
                    cls.Params = one

    def one_way(self, target: Target, params: P) -> tuple[Target, P]:
        """The same action as proposals know it: whoever wants one effect says it with one target and in one spelling,
        so that there is one key for it. Raises :class:`actions.kinds.shared.identifiers.BadTarget`. Pure."""
        return target, params

    @abstractmethod
    def title(self, target: Target, params: P) -> str:
        """One sentence that says what will run, made of the typed parameters; names in backquotes."""

    @abstractmethod
    def snapshot(self, read: WorkspaceClient, target: Target, params: P) -> Json:
        """The part of the target's state that this kind changes, and as ``_context`` (see :func:`essence`) what it
        depends on. Raises :class:`Gone`."""

    @abstractmethod
    def plan(self, image: Json, params: P) -> tuple[Change, ...]:
        """The typed diff from ``image``; empty when the wanted state is already there. Pure."""

    @abstractmethod
    def steps(self, target: Target, params: P) -> tuple[str, ...]:
        """The calls that will be made, in words ("Set auto-stop through the warehouse's settings")."""

    def preconditions(self, image: Json, params: P) -> tuple[Check, ...]:
        """What must hold right before acting, judged on ``image``. Pure."""
        return ()

    def dry_run(self, read: WorkspaceClient, target: Target, params: P, image: Json) -> DryRun:
        """Try it without an effect: natively where Databricks can (``validate_only``), else simulated by the plan."""
        return DryRun(mode=self.dry_run_mode)

    def blast(self, image: Json, params: P) -> Impact:
        """How many objects and principals the change touches by itself; who depends on them is added elsewhere."""
        return Impact()

    def whose(self, params: P) -> str:
        """Whose use of the target is at stake, where it is not everybody's: a person, service or group. Pure."""
        return ""

    @abstractmethod
    def execute(self, act: WorkspaceClient, target: Target, params: P, image: Json, key: str) -> Json:
        """Make the change, with one call that has an effect. ``key`` (64 characters) is the idempotency token where
        the API takes one. Returns references (run id, update id). Raises what the SDK raises."""

    def unmoved(self, approved: Json, now: Json, params: P) -> None:
        """Raises :class:`NotAsApproved` when the image ``now`` is neither the ``approved`` one nor what is wanted. Whoever
        reads in ``execute`` what is then sent back asks it of exactly that reading. Pure."""
        if essence(now) != essence(approved) and self.plan(now, params):
            raise NotAsApproved("the target changed since it was approved; nothing was sent")

    def find(self, read: WorkspaceClient, target: Target, params: P, image: Json, intent: Intent) -> Found:
        """Whether the announced call had its effect, by reading the target. This default serves kinds that set a value:
        ``done`` when nothing is left to change, ``none`` when the state is still ``image``, else ``partial``."""
        now = self.snapshot(read, target, params)
        if not self.plan(now, params):
            return "done"
        return "none" if essence(now) == essence(image) else "partial"

    def verify(self, read: WorkspaceClient, target: Target, params: P, image: Json, refs: Json) -> tuple[Check, ...]:
        """Read back: each check is true, false, or None while it cannot be told yet. The default: nothing is left to
        change."""
        left = self.plan(self.snapshot(read, target, params), params)
        observed = ", ".join(f"{one.path} is {one.before}" for one in left) or "as planned"
        return (Check(id="state", expected="the planned state", observed=observed, ok=not left),)

    def inverse(self, target: Target, params: P, image: Json, refs: Json) -> Inverse | None:
        """The action that restores ``image``; None when there is none. Also asked before the effect (``refs`` empty):
        what is known only afterwards is then left out of its parameters. Pure."""
        return None

    def message(self, target: Target, params: P, key: str) -> Json:
        """Only where ``sends``: ``channel``, ``recipient`` and ``body`` of the message that is the whole action. The
        executor puts it into the outbox in the transaction that records the outcome; it makes no call. Pure."""
        raise TypeError(f"{self.name} sends no message")


AnyKind = Kind[Any]  # where kinds are handled alike: parameters belong to their kind by `registry.parsed`
