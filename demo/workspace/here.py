"""The state as one workspace sees it: the objects of the others are not there, those of the account are everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from demo.workspace.state import Json, State


class Seen(Mapping[str, Json]):
    """A collection without the objects of other workspaces."""

    def __init__(self, every: Mapping[str, Json], place: str) -> None:
        self._every, self._place = every, place

    def __getitem__(self, identifier: str) -> Json:
        found = self._every[identifier]
        if found.get("workspace_id", self._place) != self._place:
            raise KeyError(identifier)
        return found

    def __iter__(self) -> Iterator[str]:
        return (one for one, found in self._every.items() if found.get("workspace_id", self._place) == self._place)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Collections(Mapping[str, Mapping[str, Json]]):
    """Every collection as :class:`Seen`."""

    def __init__(self, every: Mapping[str, Mapping[str, Json]], place: str) -> None:
        self._every, self._place = every, place

    def __getitem__(self, name: str) -> Mapping[str, Json]:
        return Seen(self._every[name], self._place)

    def __iter__(self) -> Iterator[str]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)


class Here(State):
    """``whole`` from the workspace ``place``; what is written there is written to the whole."""

    def __init__(self, whole: State, place: str) -> None:
        self.whole, self.place = whole, place

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)

    @property
    def objects(self) -> Collections:  # type: ignore[override]
        """What can be seen."""
        return Collections(self.whole.objects, self.place)

    def here(self, found: Json) -> bool:
        """Whether the object is of this workspace, or of none."""
        return bool(found.get("workspace_id", self.place) == self.place)

    def clock(self) -> dt.datetime:
        """The workspace's own time (UTC)."""
        return self.whole.clock()

    def put(self, collection: str, identifier: str, value: Json) -> None:
        """Write the object."""
        self.whole.put(collection, identifier, value)

    def drop(self, collection: str, identifier: str) -> None:
        """Remove the object if it is there."""
        self.whole.drop(collection, identifier)

    def effect(self, action: str, type: str, id: str, by: str, workspace_id: str = "", **detail: Any) -> None:
        """Note that something changed."""
        self.whole.effect(action, type, id, by, workspace_id, **detail)
