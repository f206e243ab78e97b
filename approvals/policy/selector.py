"""Which proposals a rule is about: every field that is given must match, and a list matches when one of it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from approvals.policy.facts import Facts
from approvals.values.proposal import Environment, Reversibility
from approvals.values.value import Value
from dimensions import Named


def listed(value: Any) -> Any:
    """One value where a list is meant is a list of one."""
    return [value] if isinstance(value, str | bool | Mapping) else value


Patterns = Annotated[tuple[str, ...], BeforeValidator(listed)]  # with * and ?, capital letters are small ones


class Selector(Value):
    """``governance``: the environment or the dimension is governance. ``message``: a kind that changes nothing.
    There is no field for the risk here: the rules have it, each in the one direction that is safe."""

    kind: Patterns = ()
    agent: Patterns = ()
    workspace: Patterns = ()  # ids
    tags: dict[str, Patterns] = Field(default_factory=dict)
    dimension: Annotated[tuple[Named, ...], BeforeValidator(listed)] = ()
    env: Annotated[tuple[Environment, ...], BeforeValidator(listed)] = ()
    by: Literal["", "agent", "person"] = ""
    undo: Annotated[tuple[Literal["within_plan", "other"], ...], BeforeValidator(listed)] = ()
    coverage: Annotated[tuple[Literal["complete", "partial", "none"], ...], BeforeValidator(listed)] = ()
    reversibility: Annotated[tuple[Reversibility, ...], BeforeValidator(listed)] = ()
    governance: bool | None = None
    message: bool | None = None
    services_hit: bool | None = None
    impact_stop: bool | None = None

    def matches(self, facts: Facts) -> bool:
        """Whether ``facts`` have everything that is asked for."""
        flags = (
            (self.governance, facts.governance), (self.message, facts.message),
            (self.services_hit, facts.services_hit), (self.impact_stop, facts.impact_stop),
        )  # fmt: skip
        words: tuple[tuple[tuple[str, ...], str], ...] = (
            (self.dimension, facts.dimension), (self.env, facts.env), (self.undo, facts.undo),
            (self.coverage, facts.coverage), (self.reversibility, facts.reversibility),
        )  # fmt: skip
        patterns = ((self.kind, facts.kind), (self.agent, facts.agent_id), (self.workspace, facts.workspace_id))
        return (
            all(wanted is None or wanted == found for wanted, found in flags)
            and all(not wanted or found in wanted for wanted, found in words)
            and all(not wanted or like(found, wanted) for wanted, found in patterns)
            and tagged(facts.tags, self.tags)
            and self.by in ("", "person" if facts.proposed_by_person else "agent")
        )


When = Annotated[tuple[Selector, ...], BeforeValidator(listed)]


def selects(when: Iterable[Selector], facts: Facts) -> bool:
    """Whether one of the selectors matches; none at all is about everything."""
    chosen = tuple(when)
    return not chosen or any(one.matches(facts) for one in chosen)


def like(text: str, patterns: Iterable[str]) -> bool:
    """Whether ``text`` matches one of ``patterns``, whatever its capitals and the blanks around it."""
    return any(fnmatchcase(_plain(text), _plain(pattern)) for pattern in patterns)


def tagged(tags: Mapping[str, str], wanted: Mapping[str, Iterable[str]]) -> bool:
    """Whether every wanted tag is there with a matching value. People type keys with capitals and blanks, too; where
    two keys differ by that only, one that matches is enough."""
    return all(
        any(_plain(key) == _plain(name) and like(value, patterns) for key, value in tags.items())
        for name, patterns in wanted.items()
    )


def _plain(text: str) -> str:
    return text.strip().casefold()
