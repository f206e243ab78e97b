"""Values of settings that proposals changed. They stand over those of the environment, see
:mod:`approvals.reading.in_force`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import KEPT_SETTINGS
from settings import Changeable, Settings, from_environment, variable_of

CHANGEABLE: tuple[Changeable, ...] = get_args(Changeable)
TITLES: Mapping[Changeable, str] = {
    "cost_center_tags": "Tags that mean a cost centre",
    "team_tags": "Tags that mean a team",
    "environment_tags": "Tags that mean an environment",
    "limits": "Limits of the Overview",
    "zone": "Time zone",
    "hourly_rate": "Agreed rate of an hour",
    "monthly_budget": "Budget of a month",
    "token_budgets": "Budgets of tokens a month",
    "token_prices": "How prices of tokens relate",
}
KIND = "setting.change"  # of the action that changes them
LONGEST = 2_000  # characters of a value


@dataclass(frozen=True)
class KeptSetting:
    """The value, as text, of the setting called ``name``; ``changed_at`` is UTC."""

    name: str
    value: str
    changed_at: dt.datetime


def read_as(name: str, text: str) -> str:
    """What ``text`` makes of the setting called ``name``, read as a text of the environment is. Raises ``ValueError`` with a
    sentence for what makes no sense."""
    if name not in CHANGEABLE:
        raise ValueError(f"{name[:64]!r} is no setting that a proposal changes")
    try:
        found: Settings = from_environment({variable_of(name): text})
    except ValueError as error:
        raise ValueError(str(error.__cause__ or error)) from None
    return str(getattr(found, name))


def kept(tx: Tx) -> tuple[KeptSetting, ...]:
    """All of them, by name."""
    order = sa.select(KEPT_SETTINGS).order_by(KEPT_SETTINGS.c.name)
    return tuple(KeptSetting(row.name, row.value, row.changed_at) for row in tx.connection.execute(order))


def keep(tx: Tx, name: str, value: str) -> None:
    """Keep ``value``; an empty one is kept no more: then the environment's counts. Raises ``ValueError``."""
    if value:
        read_as(name, value)
    tx.connection.execute(sa.delete(KEPT_SETTINGS).where(KEPT_SETTINGS.c.name == name))
    if value:
        tx.connection.execute(sa.insert(KEPT_SETTINGS).values(name=name, value=value, changed_at=tx.now))
