"""A directory whose members a test knows and may change."""

from __future__ import annotations

from approvals.people.people import Person


class People:
    """Implements :class:`approvals.people.people.Directory` for ``everybody``. Who is in ``known``, by id, can be changed;
    ``gone`` says that it does not answer."""

    def __init__(self, *everybody: Person) -> None:
        self.known = {one.id: one for one in everybody}
        self.gone: Exception | None = None

    def person(self, person_id: str) -> Person | None:
        if self.gone is not None:
            raise self.gone
        return self.known.get(person_id)

    def named(self, name: str) -> Person | None:
        return next((one for one in self.known.values() if one.name == name), None)

    def owner_groups(self, name: str) -> frozenset[str]:
        return frozenset()

    def members(self, group: str) -> tuple[str, ...]:
        return tuple(sorted(one.name for one in self.known.values() if group in one.groups))
