"""What a job waited for in a night: the chain of runs that ends at it, joined by tables that one wrote and the next read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Key = tuple[str, str, str]  # kind of who ran, workspace, id of the run
HOURS = 24  # of a night, before the run that is told of begins


@dataclass(frozen=True)
class Step:
    """A run, in seconds since 1970; ``ended`` is None while it runs."""

    key: Key
    started: float
    ended: float | None


@dataclass(frozen=True)
class Handover:
    """``table`` was there at ``at``, written by the run ``writer``, before the run ``reader``, which read it, began."""

    writer: Key
    reader: Key
    table: str
    at: float


@dataclass
class Night:
    """Runs, and what each needed: a handover counts where its writer is known and began before its reader, so none needs itself."""

    steps: Mapping[Key, Step]
    needs: dict[Key, list[Handover]] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Iterable[Step], handovers: Iterable[Handover]) -> Night:
        night = cls({one.key: one for one in steps})
        for one in handovers:
            writer, reader = night.steps.get(one.writer), night.steps.get(one.reader)
            if writer and reader and writer.started < reader.started and writer.started <= one.at <= reader.started:
                night.needs.setdefault(one.reader, []).append(one)
        return night

    def before(self, target: Key) -> Night:
        """The night of ``target`` alone: what it needed, directly or through others, and began in the :data:`HOURS` before it."""
        since = self.steps[target].started - HOURS * 3600
        steps, needs, open_ = {target: self.steps[target]}, dict[Key, list[Handover]](), [target]
        while open_:
            reader = open_.pop()
            kept = [one for one in self.needs.get(reader, ()) if self.steps[one.writer].started >= since]
            if kept:
                needs[reader] = kept
            open_ += {one.writer for one in kept if one.writer not in steps}
            steps |= {one.writer: self.steps[one.writer] for one in kept}
        return Night(steps, needs)

    def last_need(self, key: Key) -> Handover | None:
        """What was there last of all that the run needed: it could not have begun before."""
        return max(self.needs.get(key, []), key=lambda one: (one.at, one.writer, one.table), default=None)

    def way(self, target: Key) -> list[Handover]:
        """The handovers that ``target`` waited for, one after the other, the first of the night first."""
        found, at = list[Handover](), target
        while (one := self.last_need(at)) is not None:
            found.append(one)
            at = one.writer
        return found[::-1]

    def upstream(self, target: Key) -> list[Key]:
        """``target`` and all that it needed, directly or through others, in the order in which they began."""
        found, open_ = {target}, [target]
        while open_:
            for one in self.needs.get(open_.pop(), []):
                if one.writer not in found:
                    found.add(one.writer)
                    open_.append(one.writer)
        return sorted(found, key=lambda key: (self.steps[key].started, key))

    def slack(self, target: Key) -> dict[Key, float]:
        """Seconds by which each run before ``target`` could have written later without ``target`` beginning later: what waits on
        the way takes it up."""
        order, found = self.upstream(target), {target: 0.0}
        for reader in reversed(order):
            for one in self.needs.get(reader, []):
                room = self.steps[reader].started - one.at + found[reader]
                found[one.writer] = min(room, found.get(one.writer, room))
        return found

    def earliest(self, target: Key) -> dict[Key, float]:
        """When each run up to ``target`` would have begun, had each begun when all it needed was there, and taken as long; what
        needs nothing began when it did."""
        found = dict[Key, float]()
        for reader in self.upstream(target):
            ready = [found[one.writer] + one.at - self.steps[one.writer].started for one in self.needs.get(reader, [])]
            found[reader] = max(ready, default=self.steps[reader].started)
        return found


def waited(night: Night, way: Sequence[Handover]) -> float:
    """Seconds on the ``way`` in which what the next run needed was there and it had not begun."""
    return sum(night.steps[one.reader].started - one.at for one in way)
