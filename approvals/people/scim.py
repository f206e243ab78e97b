"""The directory of a Databricks workspace: people and the groups they are in, over SCIM, remembered for a minute."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import spelling
from approvals.people.group_names import Spelt
from approvals.people.people import Person, Unreachable, folded
from single_flight import SharedOnce

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

T = TypeVar("T")
LOG = logging.getLogger("lakehelm.approvals")
KEPT = 60.0  # seconds
NESTED, AGAIN = 300.0, 30.0  # seconds that the groups within groups are remembered; that they could not be listed
SILENT = 10.0  # seconds for which a workspace that did not answer is not asked: every page would wait for it
CANNOT = "The workspace's directory cannot be asked now."
MARK = "dev:"
LOCAL = "WorkspaceGroup"  # the resource type of a group of one workspace; the account's are called Group
MOST = 2_000


@dataclass(frozen=True)
class Groups:
    """Groups of the account: ``above`` has the id and name of those that have a group (by its id) as a member, ``alike`` how
    many read like a name (:func:`spelling.folded`); none where they could not be listed. ``local`` are the ids of the groups
    of the workspace alone. ``people`` has the names of those who are directly in a group, by how its name reads."""

    above: Mapping[str, tuple[tuple[str, str], ...]]
    local: frozenset[str]
    alike: Mapping[str, int]
    people: Mapping[str, tuple[str, ...]]


class ScimDirectory:
    """Implements :class:`approvals.people.people.Directory`. ``client`` reads as the app's own principal; ``spelt`` gives groups
    the spelling of the policy."""

    def __init__(
        self,
        client: Callable[[], WorkspaceClient],
        kept: float = KEPT,
        nested: float = NESTED,
        spelt: Spelt | None = None,
    ) -> None:
        self._client, self._kept, self._nested, self._spelt = client, kept, nested, spelt
        self._known: dict[tuple[str, str], tuple[float, Person | None]] = {}
        self._groups: tuple[float, Groups] | None = None
        self._silent = 0.0  # until when
        self._lock = threading.Lock()

    def person(self, person_id: str) -> Person | None:
        """See :class:`approvals.people.people.Directory`."""
        return self._remembered("id", person_id, self._by_id)

    def named(self, name: str) -> Person | None:
        """See :class:`approvals.people.people.Directory`."""
        return self._remembered("name", name, self._by_name)

    def owner_groups(self, name: str) -> frozenset[str]:
        """See :class:`approvals.people.people.Directory`."""
        found = self.named(name)
        return found.groups if found else frozenset()

    def members(self, group: str) -> tuple[str, ...]:
        """The names of the people who are directly in the account's ``group``, sorted, to show who could be asked; none
        where it cannot be listed, or where several groups read like it. Nothing is decided by it."""
        known, name = self._of_the_account(), spelling.folded(group)
        return known.people.get(name, ()) if known.alike.get(name) == 1 else ()

    def deciders(self) -> list[str]:
        """User names of the members of every group called ``…-approvers`` or ``…-admins``, sorted."""
        users, groups = self._asked(
            lambda: (
                {str(one.id): str(one.user_name) for one in self._client().users.list(attributes="id,userName")},
                list(self._client().groups.list(attributes="displayName,members")),
            )
        )
        chosen = {
            str(one.value)
            for group in groups
            if spelling.folded(str(group.display_name)).endswith(("-approvers", "-admins"))
            for one in group.members or ()
        }
        return sorted(users[one] for one in chosen if one in users)

    def whole(self, user: Any) -> Person | None:
        """The person of a SCIM user with all their groups: those that have them as a member, and those that have these
        groups as members. Where the groups cannot be listed, the direct ones alone: rights are never guessed. A group of
        the workspace alone is none: whoever administers one workspace could call it as the account's are called."""
        person = person_of(user)
        if person is None:
            return None
        groups = self._of_the_account()
        above = groups.above
        own = [one for one in user.groups or () if one.display and str(one.value) not in groups.local]
        found, reached = {str(one.display) for one in own}, set[str]()
        ahead = [str(one.value) for one in own if one.value]
        while ahead:
            group = ahead.pop()
            if group not in reached:
                reached.add(group)
                found.update(name for _id, name in above.get(group, ()))
                ahead.extend(parent for parent, _name in above.get(group, ()))
        return replace(person, groups=self._spelt(found, groups.alike) if self._spelt else frozenset(found))

    def _of_the_account(self) -> Groups:
        now, kept = time.monotonic(), self._nested
        with self._lock:
            known = self._groups
        if known is not None and now < known[0]:
            return known[1]
        above: dict[str, tuple[tuple[str, str], ...]] = {}
        local, alike, listed, members = set[str](), Counter[str](), 0, 0
        people: dict[str, tuple[str, ...]] = {}
        try:
            for group in self._client().groups.list(attributes="id,displayName,members,meta"):
                listed, members = listed + 1, members + len(group.members or ())
                if group.meta is not None and group.meta.resource_type == LOCAL:
                    local.add(str(group.id))
                    continue
                name = spelling.folded(str(group.display_name or ""))
                alike[name] += 1
                users = (one for one in group.members or () if str(one.ref or "").startswith("Users/"))
                people[name] = tuple(sorted(str(one.display) for one in users if one.display))
                for member in group.members or ():
                    if member.value and str(member.ref or "").startswith("Groups/") and group.display_name:
                        above[member.value] = (*above.get(member.value, ()), (str(group.id), group.display_name))
        except Exception as error:
            LOG.warning("groups within groups cannot be listed: %s", type(error).__name__)
            above, local, alike, people = {}, set(), Counter(), {}
            kept = min(kept, AGAIN)  # nobody waits for it again at every click
        if listed and not members:
            LOG.warning(
                "%s groups came without their members: rights through groups within groups are not known", listed
            )
        found = Groups(above, frozenset(local), alike, people)
        with self._lock:
            self._groups = (now + kept, found)
        return found

    def forget(self) -> None:
        """Ask anew from now on."""
        with self._lock:
            self._known.clear()
            self._groups, self._silent = None, 0.0

    def _remembered(self, by: str, key: str, look_up: Callable[[str], Person | None]) -> Person | None:
        now = time.monotonic()
        with self._lock:
            known = self._known.get((by, key))
        if known is not None and now - known[0] < self._kept:
            return known[1]
        found = self._asked(lambda: look_up(key))
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[by, key] = (now, found)
        return found

    def _asked(self, look_up: Callable[[], T]) -> T:
        """What ``look_up`` finds; a workspace that gave no answer is left alone for a while."""
        from databricks.sdk.errors import DatabricksError

        if time.monotonic() < self._silent:
            raise Unreachable(CANNOT)
        try:
            return look_up()
        except Exception as error:
            if not isinstance(error, DatabricksError):  # those are answers
                self._silent = time.monotonic() + SILENT
            raise Unreachable(CANNOT) from error

    def _by_id(self, person_id: str) -> Person | None:
        from databricks.sdk.errors import NotFound

        if not person_id.isdigit():  # it goes into a path
            return None
        try:
            return self.whole(self._client().users.get(person_id))
        except NotFound:
            return None

    def _by_name(self, name: str) -> Person | None:
        if '"' in name or "\\" in name:  # it goes into a filter
            return None
        found = list(self._client().users.list(filter=f'userName eq "{name}"'))
        same = [one for one in found if folded(str(one.user_name)) == folded(name)]
        return self.whole(same[0]) if len(same) == 1 else None


class LocalDirectory:
    """The directory of a laptop, where nobody proves who they are: everyone is marked ``dev:``, so that what they decide
    counts nowhere else. A person without the mark is unknown here."""

    def __init__(self, inner: ScimDirectory) -> None:
        self._inner = inner
        self._everyone = SharedOnce(inner.deciders, again=60)

    def person(self, person_id: str) -> Person | None:
        """See :class:`approvals.people.people.Directory`."""
        return self._marked(self._inner.person(person_id[len(MARK) :])) if person_id.startswith(MARK) else None

    def named(self, name: str) -> Person | None:
        """See :class:`approvals.people.people.Directory`."""
        return self._marked(self._inner.named(name[len(MARK) :])) if name.startswith(MARK) else None

    def owner_groups(self, name: str) -> frozenset[str]:
        """See :class:`approvals.people.people.Directory`; who owns things is known by their own name."""
        return self._inner.owner_groups(name)

    def members(self, group: str) -> tuple[str, ...]:
        """See :meth:`ScimDirectory.members`."""
        return self._inner.members(group)

    def everyone(self) -> list[str]:
        """The names of those who are in any group that decides, asked once: for the laptop's choice of who to be. Raises
        :class:`approvals.people.people.Unreachable`; not asked again within a minute, because a page waits for it."""
        return [MARK + name for name in self._everyone()]

    def _marked(self, found: Person | None) -> Person | None:
        return None if found is None else Person(MARK + found.id, MARK + found.name, found.groups)


def person_of(user: Any) -> Person | None:
    """The person of a SCIM user with the groups that have them as a direct member; None when not active."""
    if not user.active:
        return None
    groups = frozenset(str(one.display) for one in user.groups or () if one.display)
    return Person(str(user.id), str(user.user_name), groups)
