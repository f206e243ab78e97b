"""The cockpit itself as a place that actions reach, beside the workspaces: what its store keeps is changed as anything else
is, by one write for which somebody gave a permit: a setting, how far an agent is trusted, or from what on it proposes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from actions.acting import Permit
from approvals.deciding import autonomy, floors, kept_settings
from approvals.learning.floors import Floor
from approvals.policy.rules import Policy
from approvals.store.store import Store, Tx
from approvals.values.value import Json
from settings import settings


class OwnSettings:
    """The settings that proposals change, and the trust in agents, of which ``policy`` says the beginning. Without a ``permit`` they
    are only read."""

    def __init__(self, store: Store, policy: Policy | None = None, permit: Permit | None = None) -> None:
        self._store, self._policy, self._permit = store, policy, permit

    @property
    def read(self) -> OwnSettings:
        """For reading."""
        return OwnSettings(self._store, self._policy)

    def acting(self, permit: Permit) -> OwnSettings:
        """For one change."""
        return OwnSettings(self._store, self._policy, permit)

    def image(self, name: str) -> Json:
        """What is kept of the setting ``name`` (empty: nothing) as ``value``, and as ``_otherwise`` what counts where nothing
        is kept: the environment's."""
        with self._store.reading() as tx:
            return _image(tx, name)

    def change(self, name: str, value: str, as_expected: Callable[[Json], None]) -> None:
        """Keep ``value``. ``as_expected`` looks at the image in the transaction that writes, and raises where it must not."""
        assert self._permit is not None
        self._permit.use()  # before the transaction: it looks at the store by itself
        with self._store.writing() as tx:
            as_expected(_image(tx, name))
            kept_settings.keep(tx, name, value)

    def trust(self, agent: str, kind: str) -> Json | None:
        """The ``level`` of an agent with a kind of action; None where the policy registers no such agent."""
        if self._policy is None or self._policy.agent(agent) is None:
            return None
        with self._store.reading() as tx:
            return self._trust(tx, agent, kind)

    def trust_at(self, agent: str, kind: str, level: int, as_expected: Callable[[Json], None]) -> None:
        """Trust the agent with the kind at ``level``. ``as_expected`` as for :meth:`change`."""
        assert self._permit is not None and self._policy is not None
        self._permit.use()
        with self._store.writing() as tx:
            as_expected(self._trust(tx, agent, kind))
            autonomy.set_level(tx, self._policy, agent, kind, level, "people agreed to it")

    def floor(self, agent: str, kind: str) -> Json | None:
        """From what on an agent proposes a kind of action; None where the policy registers no such agent."""
        if self._policy is None or self._policy.agent(agent) is None:
            return None
        with self._store.reading() as tx:
            return asdict(floors.floor_of(tx, agent, kind))

    def floor_at(self, agent: str, kind: str, floor: Floor, as_expected: Callable[[Json], None]) -> None:
        """Let the agent propose the kind from ``floor`` on. ``as_expected`` as for :meth:`change`."""
        assert self._permit is not None
        self._permit.use()
        with self._store.writing() as tx:
            as_expected(asdict(floors.floor_of(tx, agent, kind)))
            floors.set_floor(tx, agent, kind, floor)

    def _trust(self, tx: Tx, agent: str, kind: str) -> Json:
        assert self._policy is not None
        return {"level": autonomy.level_of(tx, self._policy, agent, kind)}


def _image(tx: Tx, name: str) -> Json:
    value = next((one.value for one in kept_settings.kept(tx) if one.name == name), "")
    return {"value": value, "_otherwise": str(getattr(settings(), name))}
