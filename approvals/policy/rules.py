"""What a policy consists of, typed. Rules over the risk have it in the one direction that is safe: who must agree and
what is refused counts from a class upwards, what may run by itself counts up to a class. So more risk never needs less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from approvals.policy.budget_rules import DAY, AtLeastOne, Budgets, Count, ErrorBudget
from approvals.policy.selector import Patterns, When, like, listed
from approvals.policy.windows import Seconds, Window
from approvals.values.proposal import Environment
from approvals.values.value import Value
from dimensions import DIMENSIONS, Named, known
from spelling import folded

RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Risk = Annotated[int, Field(ge=0, le=4, strict=True)]
Groups = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=128)], ...], BeforeValidator(listed)]


class EnvironmentRule(Value):
    """All that is given must match. Whoever may tag a thing must not lower what it takes to change it: tags alone can
    only raise."""

    workspace: Patterns = ()  # ids
    name: Patterns = ()
    tags: dict[str, Patterns] = Field(default_factory=dict)
    env: Environment

    @model_validator(mode="after")
    def _tags_alone_only_raise(self) -> EnvironmentRule:
        if not (self.workspace or self.name or self.tags):
            raise ValueError("say which workspaces or tags it is about")
        if self.env in ("dev", "test") and not (self.workspace or self.name):
            raise ValueError("tags alone cannot make a thing less than prod; add a workspace or a name")
        return self


class RoleGroups(Value):
    """The groups of the account that have a role. An empty list is nobody. ``team`` is the group of a team that owns
    something; ``owner_fallback`` stands in where the owner is not known."""

    admin: Groups
    viewer: Groups
    auditor: Groups
    finops: Groups
    freeze_approvers: Groups
    break_glass: Groups
    kill_switch: Groups
    owner_fallback: Groups
    propose: Groups = ()  # who may hand in a proposal by hand
    team: Annotated[str, Field(pattern=r"^[^{}]*\{team\}[^{}]*$")] = "team-{team}"
    approvers: dict[Named, Groups]

    @field_validator("approvers", mode="before")
    @classmethod
    def _each_once(cls, given: Any) -> Any:
        """One by its key and by its earlier word would be two."""
        if isinstance(given, Mapping) and (twice := _twice(str(known(word)) for word in given)):
            raise ValueError(f"{twice} stands twice")
        return given

    @model_validator(mode="after")
    def _every_dimension(self) -> RoleGroups:
        if missing := [one for one in DIMENSIONS if one not in self.approvers]:
            raise ValueError(f"approvers: no groups for {', '.join(missing)}")
        return self


class RowLimit(Value):
    """Whose rows the members of ``group`` see, besides administrators and auditors: by workspace (ids) or by cost
    centre, one of the two."""

    group: Annotated[str, Field(min_length=1, max_length=128)]
    workspaces: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9]{1,20}$")], ...], BeforeValidator(listed)] = ()
    cost_centers: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,128}$")], ...], BeforeValidator(listed)
    ] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> RowLimit:
        if bool(self.workspaces) == bool(self.cost_centers):
            raise ValueError("name workspaces or cost centres, one of the two")
        return self


class Kinds(Value):
    """``enabled``: kinds that are off unless they are named; ``disabled``: kinds nobody may propose here."""

    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()


class Autonomy(Value):
    """The level up to which the agents are trusted: 0 unseen, 1 proposes, 2 and 3 act where ``auto`` lets them."""

    agent: Patterns
    level: Annotated[int, Field(ge=0, le=3, strict=True)]


class RegisteredAgent(Value):
    """An agent that may hand in drafts: whom it signs in as, the kinds of action it may propose, and on which types of
    target (empty: on all that the kind takes). Without ``evidence`` it may propose on its word alone."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,127}$")]
    principal: Annotated[str, Field(min_length=1, max_length=256)]
    kinds: Annotated[Patterns, Field(min_length=1)]
    targets: Patterns = ()
    evidence: Annotated[bool, Field(strict=True)] = True


RESERVED = frozenset({"person", "policy", "system", "executor", "intake", "human", "agent"})  # no agent is called so


class Times(Value):
    """Seconds by risk class, R0 to R4. ``decision``: how long a proposal waits before it expires; ``approval``: how
    long an approval is good for a start; ``undo``: how long after it the start is held back so that it can be undone."""

    decision: Annotated[tuple[Seconds, ...], Field(min_length=5, max_length=5)]
    approval: Annotated[tuple[Seconds, ...], Field(min_length=5, max_length=5)]
    undo: Annotated[tuple[Seconds, ...], Field(min_length=5, max_length=5)]

    @model_validator(mode="after")
    def _safe_direction(self) -> Times:
        for name, values in (("decision", self.decision), ("approval", self.approval)):
            if not 0 < min(values) <= max(values) <= 30 * DAY:
                raise ValueError(f"{name}: between 1s and 30d")
            if list(values) != sorted(values, reverse=True):
                raise ValueError(f"{name}: more risk must not have more time")
        return self


class Bulk(Value):
    """How many may be decided at once, and above how many the number has to be typed."""

    most: Annotated[int, Field(ge=1, le=50, strict=True)] = 50
    typed_above: Count = 10


class BreakGlass(Value):
    """``people`` of the break-glass group agree, besides who breaks it; one alone only if everybody concerned is paged.
    The proposal and its approval last ``ttl``; somebody looks at it again within ``review_days`` working days."""

    people: AtLeastOne = 2
    page: bool = True
    ttl: Annotated[Seconds, Field(ge=60, le=DAY)] = 3600
    review_days: AtLeastOne = 5

    @model_validator(mode="after")
    def _never_alone_and_silent(self) -> BreakGlass:
        if self.people < 2 and not self.page:
            raise ValueError("one person alone only with a page")
        return self


class Escalation(Value):
    """Who is told, and no more than told, when nobody decides: ``second`` at half of the time, ``lead`` at four fifths."""

    second: Groups = ()
    lead: Groups = ()


class SeatRule(Value):
    """``count`` people of ``groups``: names, or ``$approvers`` (of the dimension), ``$owner`` (of the target),
    ``$service_owners`` (alone: a seat for each owner of a service that is hit and asks for it)."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    groups: Groups
    count: AtLeastOne = 1

    @model_validator(mode="after")
    def _known(self) -> SeatRule:
        if self.id in ("freeze", "break_glass", "service"):
            raise ValueError(f"the seat {self.id!r} is made by the policy itself; choose another id")
        unknown = [
            one for one in self.groups if one[0] == "$" and one not in ("$approvers", "$owner", "$service_owners")
        ]
        if unknown:
            raise ValueError(f"unknown groups {', '.join(unknown)}")
        if "$service_owners" in self.groups and len(self.groups) > 1:
            raise ValueError("$service_owners stands alone")
        return self


class DenyRule(Value):
    """Refused, whoever would agree."""

    id: RuleId
    line: int = Field(default=0, exclude=True)
    risk_from: Risk = 0
    when: When = ()
    why: str


class RequireRule(Value):
    """Who must agree from class ``risk_from`` on; all rules that match add up. Seats with one id are the same seat."""

    id: RuleId
    line: int = Field(default=0, exclude=True)
    risk_from: Risk
    when: When = ()
    seats: Annotated[tuple[SeatRule, ...], Field(min_length=1)]
    why: str = ""


class AutoRule(Value):
    """May run by itself up to class ``risk_to``: with a calibrated confidence of at least ``confidence`` and an agent
    of at least autonomy ``level``. It starts after ``undo``."""

    id: RuleId
    line: int = Field(default=0, exclude=True)
    risk_to: Annotated[int, Field(ge=0, le=2, strict=True)]
    when: When = ()
    confidence: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    level: Annotated[int, Field(ge=0, le=3, strict=True)] = 0
    undo: Seconds = 0
    why: str = ""


class Policy(Value):
    """The whole policy. ``digest`` is over its content: comments, layout and the file's name are not part of it.
    ``earlier`` says, in a sentence each, where the file has words of an earlier version."""

    version: Literal[1]
    environments: tuple[EnvironmentRule, ...]
    groups: RoleGroups
    row_limits: tuple[RowLimit, ...] = ()
    kinds: Kinds = Kinds()
    agents: tuple[RegisteredAgent, ...] = ()
    autonomy_levels: tuple[Autonomy, ...] = ()
    times: Times
    bulk: Bulk = Bulk()
    break_glass: BreakGlass = BreakGlass()
    escalation: Escalation = Escalation()
    windows: tuple[Window, ...] = ()
    deny: tuple[DenyRule, ...] = ()
    require: tuple[RequireRule, ...]
    auto: tuple[AutoRule, ...] = ()
    budgets: Budgets
    error_budget: ErrorBudget = ErrorBudget()
    file: str = Field(default="policy", exclude=True)
    digest: str = Field(default="", exclude=True)
    earlier: tuple[str, ...] = Field(default=(), exclude=True)

    @property
    def enabled_kinds(self) -> frozenset[str]:
        """The kinds that are named as enabled."""
        return frozenset(self.kinds.enabled)

    def agent(self, agent_id: str) -> RegisteredAgent | None:
        """The agent of exactly this id; None for one that nobody has registered."""
        return next((one for one in self.agents if one.id == agent_id), None)

    def autonomy(self, agent_id: str) -> int:
        """The agent's level by the first of the lines that matches; an agent that is not named proposes (1)."""
        return next((one.level for one in self.autonomy_levels if like(agent_id, one.agent)), 1)

    def owner_groups(self, team: str) -> tuple[str, ...]:
        """The group of the team that owns something; none for no team, and then ``owner_fallback`` stands in."""
        name = folded(team)
        return (self.groups.team.replace("{team}", name),) if name else ()

    @model_validator(mode="after")
    def _one_meaning(self) -> Policy:
        ids = [one.id for rules in (self.windows, self.deny, self.require, self.auto) for one in rules]
        if twice := _twice(ids):
            raise ValueError(f"two rules are called {twice}")
        agents = [one.id for one in self.agents]
        if twice := _twice(agents) or next((one for one in agents if one in RESERVED), None):
            raise ValueError(f"agents: {twice} stands twice or is a reserved name")
        asks = {(ask.id, ask.groups) for rule in self.require for ask in rule.seats}
        if twice := _twice([name for name, _groups in asks]):
            raise ValueError(f"the seat {twice} is asked of different groups; give it another id")
        return self


def _twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
