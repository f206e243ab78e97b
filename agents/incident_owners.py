"""Whose an incident is when it opens, and how that is known."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from agents.capability import Frames, window
from agents.cells import rows, text
from agents.detectors.one_cause import Key
from agents.leads import ACCOUNT, ANYWHERE, asked, key_of
from agents.messages import group, recipient
from approvals.deciding.incident_rows import Found
from approvals.reading.in_force import in_force
from settings import settings
from spelling import folded
from warehouse.reader import Reader

THINGS = window("platform.things_index", days=30, workspaces="", cost_centers="")  # as the search asks
OWNER = ("owner", "owned_by", "contact")  # tags that name one; which name a team is a setting
OWNS, TAGGED, TEAMS, BELOW, TOLD = "owns it", "is named by a tag", "its team", "owns what follows", "is told of it"


@dataclass(frozen=True)
class Owners:
    """Who owns which thing: its ``owner`` and its ``tags`` by folded key, as the index of things has them; ``frames`` name the groups
    of the policy, ``teams`` are the tag keys that mean a team."""

    owner: dict[Key, str] = field(default_factory=dict)
    tags: dict[Key, dict[str, str]] = field(default_factory=dict)
    frames: Frames = field(default_factory=dict)
    teams: tuple[str, ...] = ()

    @classmethod
    def read(cls, reader: Reader, frames: Frames, now: dt.datetime) -> Owners:
        """As they are known at ``now`` (UTC); where the index cannot be read, only who is told is known."""
        things = asked(reader, THINGS, now)
        teams = in_force(settings()).settings.team_tags.split(",")
        return cls(frames=frames) if things is None else cls.of_rows(things, frames, teams)

    @classmethod
    def of_rows(cls, things: pd.DataFrame, frames: Frames, teams: Sequence[str]) -> Owners:
        """From rows of platform.things_index, and the tag keys that mean a team."""
        owner, tags = {}, {}
        for row in rows(things):
            place = ACCOUNT if row.kind in ANYWHERE else text(row.workspace_id)
            key: Key = (place, row.kind, row.id.casefold() if row.kind in ANYWHERE else row.id)
            owner[key] = text(row.owner)
            pairs = [one.partition("=") for one in (row.tags if row.tags is not None else ())]
            tags[key] = {folded(name): value for name, _, value in pairs}
        return cls(owner, tags, frames, tuple(folded(one) for one in teams))

    def of(self, found: Sequence[Found]) -> list[Found]:
        """What was ``found``, with the owner of its incident: who owns the cause, else who is named by a tag of it, else who is told
        as the owner of what was found about it, else the team of its tags, else who owns most of what follows from it, else the
        group that is told. Empty where nobody is known."""
        by_cause: dict[Key, list[Found]] = {}
        for one in found:
            by_cause.setdefault(key_of(one.cause), []).append(one)
        whose = {cause: self._whose(cause, own) for cause, own in by_cause.items()}
        return [replace(one, owner=who, owner_from=how) for one in found for who, how in [whose[key_of(one.cause)]]]

    def _whose(self, cause: Key, own: Sequence[Found]) -> tuple[str, str]:
        told = [one.owner for one in sorted(own, key=lambda one: key_of(one.target) != cause) if one.owner]
        in_person = [one for one in told if one not in self._groups]
        below = Counter(who for one in own if (who := self._reads(self.owner.get(key_of(one.target), ""))))
        ways = (
            (self._reads(self.owner.get(cause, "")), OWNS),
            (self._tag(cause, OWNER), TAGGED),
            (in_person[0] if in_person else "", TOLD),
            (self._team(cause), TEAMS),
            (min(below, key=lambda one: (-below[one], one)) if below else "", BELOW),
            (told[0] if told else "", TOLD),
        )
        return next((way for way in ways if way[0]), ("", ""))

    @property
    def _groups(self) -> frozenset[str]:
        """The groups that are told where nobody is known."""
        return frozenset(str(row.name) for row in rows(self.frames.get("groups"))) | {group(self.frames)}

    def _reads(self, name: str) -> str:
        """``name`` where that is somebody who reads messages."""
        nobody = group(self.frames)
        return name if name and recipient(name, self.frames) == name and name != nobody else ""

    def _tag(self, thing: Key, names: Sequence[str]) -> str:
        known = self.tags.get(thing, {})
        return next((who for name in names if (who := self._reads(known.get(name, "")))), "")

    def _team(self, thing: Key) -> str:
        """The group of the team that a tag names, as the policy calls the groups of teams."""
        known = self.tags.get(thing, {})
        team = next((known[name] for name in self.teams if known.get(name)), "")
        pattern = next((str(row.name) for row in rows(self.frames.get("groups")) if row.role == "team"), "")
        return pattern.replace("*", team) if team and "*" in pattern else ""
