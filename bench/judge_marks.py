"""What a proposal is worth when one knows what is wrong: right, false, an echo of a fault that was proposed, or of a twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from approvals.values.proposal import Draft
from demo.accepted import LESSONS, Accepted
from demo.fault_kinds import KINDS

Mark = Literal["right", "false", "echo", "twin"]


@dataclass(frozen=True)
class Proposal:
    """What the agent ``capability`` wants done on what is called by any of ``names``."""

    capability: str
    kind: str
    names: frozenset[str]
    params: Mapping[str, Any]
    workspace: str = ""

    @classmethod
    def of(cls, draft: Draft, jobs: Mapping[str, str]) -> Proposal:
        """That of ``draft``; a run is called by its job too, ``jobs`` by run."""
        own = draft.target
        names = {own.id, own.name, jobs.get(own.id, "")} - {""}
        return cls(draft.agent.id, draft.kind, frozenset(names), dict(draft.params), own.workspace_id)


@dataclass(frozen=True)
class Wrong:
    """Something that is wrong: planted, or there by itself. ``victims`` are the names of what suffers from it."""

    kind: str
    dimension: str
    names: frozenset[str]
    accepted: tuple[Accepted, ...]
    workspace: str = ""
    natural: bool = False
    begin: str = ""
    victims: frozenset[str] = frozenset()

    def mended_by(self, one: Proposal) -> bool:
        """Whether ``one`` mends it; an id counts in its own workspace only, where it has one."""
        here = not self.workspace or one.workspace in ("", "0", self.workspace)
        return here and any(way.mends(one.kind, one.names, one.params) for way in self.accepted)


@dataclass(frozen=True)
class Marked:
    """A proposal with its mark, the number of what it mends (or echoes), and why."""

    proposal: Proposal
    mark: Mark
    wrong: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Known:
    """All that is known of an organisation: what is ``wrong``, and the ``twins`` that only look so, by name."""

    wrong: Sequence[Wrong]
    twins: Mapping[str, str] = field(default_factory=dict)


def looks_so(action: str, kind: str) -> bool:
    """Whether ``action`` is what one would do about a fault of ``kind``."""
    usual = KINDS[kind].action
    return action == usual or {action, usual} <= {*LESSONS}


def marked(proposals: Iterable[Proposal], known: Known) -> list[Marked]:
    """Each proposal with its mark. A second one for what suffers from a fault that is proposed itself is an echo: people were
    told already. So is a second one for the same fault."""
    every, found, made = list(proposals), set[int](), []
    mends = [next((at for at, one in enumerate(known.wrong) if one.mended_by(each)), None) for each in every]
    for each, at in zip(every, mends, strict=True):
        if at is None:
            made.append(_marked(each, known, {at for at in mends if at is not None}))
        elif at in found:
            made.append(Marked(each, "echo", at, "another one mends it"))
        else:
            found.add(at)
            made.append(Marked(each, "right", at))
    return made


def _marked(one: Proposal, known: Known, found: set[int]) -> Marked:
    for name in one.names & known.twins.keys():
        if looks_so(one.kind, known.twins[name]):
            return Marked(one, "twin", None, f"only looks like {known.twins[name]}")
    for at, each in enumerate(known.wrong):
        if one.names & each.names:
            return Marked(one, "false", at, f"{each.kind}, which another action mends")
    for at, each in enumerate(known.wrong):
        if one.names & each.victims:
            return Marked(
                one, "echo", at, f"suffers from {each.kind}" + ("" if at in found else ", which nobody proposed")
            )
    return Marked(one, "false", None, "nothing is wrong with it")
