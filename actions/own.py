"""The cockpit itself as a place that actions reach, beside the workspaces: what its store keeps is changed as anything else
is, by one write for which somebody gave a permit."""

from __future__ import annotations

from collections.abc import Callable

from actions.acting import Permit
from approvals.deciding import kept_settings
from approvals.store.store import Store, Tx
from approvals.values.value import Json
from settings import settings


class OwnSettings:
    """The settings that proposals change. Without a ``permit`` they are only read."""

    def __init__(self, store: Store, permit: Permit | None = None) -> None:
        self._store, self._permit = store, permit

    @property
    def read(self) -> OwnSettings:
        """For reading."""
        return OwnSettings(self._store)

    def acting(self, permit: Permit) -> OwnSettings:
        """For one change."""
        return OwnSettings(self._store, permit)

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


def _image(tx: Tx, name: str) -> Json:
    value = next((one.value for one in kept_settings.kept(tx) if one.name == name), "")
    return {"value": value, "_otherwise": str(getattr(settings(), name))}
