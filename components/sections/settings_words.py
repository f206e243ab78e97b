"""The settings in words: what each is, where it comes from, what depends on it and how it is changed. Pure; made of the
fields of :class:`settings.Settings`, the policy and the list below. No secret is among the words: of a text that is not in the
list only whether it is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import get_args

import pandas as pd

from approvals.deciding.forgetting import GOES
from approvals.deciding.kept_settings import TITLES
from approvals.policy.rules import Policy
from approvals.reading.in_force import InForce
from components.sections import policy_words
from components.sections.judged import limits
from components.sections.measures import measure
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from dimensions import DIMENSIONS, Key
from queries.folding import keyed, parted
from settings import Changeable, Settings, source_of, variable_of
from warehouse.interface import ask

COLUMNS = ("Setting", "Value", "Comes from", "What depends on it", "To change it")


@dataclass(frozen=True)
class Shown:
    """A field of :class:`settings.Settings` that decides what people see, and what depends on it."""

    name: Changeable
    decides: str

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.name]


TAGS = (
    Shown(
        "cost_center_tags",
        "The filter Cost centre; costs by tag and what names no cost centre (FinOps); whose rows they see who are limited to "
        "cost centres",
    ),
    Shown("team_tags", "The filter Team"),
    Shown("environment_tags", "The filter Environment"),
)
TIME_AND_MONEY = (
    Shown("zone", "In which zone times are written for people whose browser names none"),
    Shown("hourly_rate", "What hours lost waiting cost (Overview, UserOps)"),
    Shown("monthly_budget", "Whether the month ends over budget, and on which day it gets there (FinOps, Ahead)"),
    Shown(
        "token_budgets",
        "Who is over budget with language models, or will be, and the limit that is offered (AgentOps, Budgets)",
    ),
    Shown("token_prices", "What of an agent's bill is new input, re-read context, output (AgentOps, Costs)"),
)
SPOKEN = {"cost_center": "a cost centre", "team": "a team", "environment": "an environment"}
PEOPLE = "people_days"
APART = {"limits", PEOPLE, *(one.name for one in (*TAGS, *TIME_AND_MONEY))}


def shown(which: tuple[Shown, ...], found: InForce, environment: Mapping[str, str]) -> pd.DataFrame:
    """The settings of ``which`` (:data:`COLUMNS`)."""
    rows = [
        (
            one.title,
            value_of(one.name, found.settings),
            source(one.name, found, environment),
            one.decides,
            _propose(one.name),
        )
        for one in which
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def of_people(chosen: Settings, environment: Mapping[str, str]) -> pd.DataFrame:
    """How long what names people is kept (:data:`COLUMNS`), a row for each sort of it."""
    value = fmt.counted(chosen.people_days, "day") if chosen.people_days else "for ever"
    rest = "Who decided what, so that it stays provable: the ledger, and what it is checked against"
    row = (
        "What names people", value, source_of(PEOPLE, environment),
        f"How long the app keeps {'; '.join(said for said, _ in GOES.values())}", _change(PEOPLE),
    )  # fmt: skip
    return pd.DataFrame(
        [row, ("Decisions", "for ever", "the app", rest, "Not changed: what is gone proves nothing")], columns=COLUMNS
    )


def overview(found: InForce, environment: Mapping[str, str], look: ViewContext) -> pd.DataFrame:
    """The limits of the Overview, a row for each dimension (:data:`COLUMNS`)."""
    usual, rows, chosen = Settings().watch_and_act, [], found.settings
    whence = source("limits", found, environment)
    for key in get_args(Key):
        one = measure(key, chosen, ask(f"overview.{key}"))
        own = "default" if chosen.watch_and_act[key] == usual[key] and "limits" not in found.problems else whence
        decides = f"Whether {DIMENSIONS[key].title} is OK, Watch or Act on the Overview"
        rows.append((one.label.capitalize(), limits(one, look), own, decides, _propose("limits")))
    return pd.DataFrame(rows, columns=COLUMNS)


def source(name: str, found: InForce, environment: Mapping[str, str]) -> str:
    """Where the value in force comes from; why a value that a proposal set does not count, where it does not."""
    if (kept := found.kept.get(name)) is not None:
        return f"a proposal, {fmt.day(kept.changed_at.date(), year=True)}"
    whence = source_of(name, environment)
    if (why := found.problems.get(name)) is not None:
        return f"{whence}: what a proposal set does not count, because it makes no sense ({plain(why, 200)})"
    return whence


def of_policy(policy: Policy, zone: str, now: dt.datetime) -> pd.DataFrame:
    """What the policy decides of what people see and may do (:data:`COLUMNS`); ``now`` is UTC."""
    limited = "; ".join(_limited(one.group, len(one.workspaces), len(one.cost_centers)) for one in policy.row_limits)
    windows = [
        (one.line, policy_words.windows(policy.model_copy(update={"windows": (one,)}), zone, now)[0])
        for one in policy.windows
    ] or [(0, "Changes start at any time.")]
    found = [
        *(("Working hours: a freeze or window", said, line, "When approved changes start") for line, said in windows),
        ("Whose rows people see", limited or "Everybody who may look sees all.", 0, "Every figure, list and file"),
        (
            "What counts as dev, test, prod",
            f"{fmt.counted(len(policy.environments), 'rule')}; prod where none matches",
            0,
            "Who must agree to a change",
        ),
        (
            "Who may propose by hand",
            plain(", ".join(policy.groups.propose) or "nobody", 300),
            0,
            "The button Propose a change",
        ),
    ]
    file = plain(PurePath(policy.file).name, 80)
    rows = [
        (title, value, f"policy {file}{f', line {at}' if at else ''}", decides, f"Edit {file} and have it reviewed")
        for title, value, at, decides in found
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def others(chosen: Settings, environment: Mapping[str, str]) -> pd.DataFrame:
    """All other settings, for whoever runs the app (:data:`COLUMNS`)."""
    rows = [
        (
            variable_of(one.name),
            _bare(getattr(chosen, one.name)),
            source_of(one.name, environment),
            str(one.metadata["doc"]).replace("`", ""),
            _change(one.name),
        )
        for one in fields(Settings)
        if one.name not in APART
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def keys_used(tagged: Mapping[str, str], shares: Mapping[str, float] | None = None) -> dict[str, str]:
    """How many values each key of the account's tags has and which share of the spend it covers, in words, those of most
    values first; ``tagged`` are the tags, ``key=value``, ``shares`` those that are known by key."""
    counts: dict[str, int] = {}
    for one in tagged:
        key = one.partition("=")[0]
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    covers = {key: f", {fmt.percent(share, 0)} of the spend" for key, share in (shares or {}).items()}
    return {key: fmt.counted(counts[key], "value") + covers.get(key, "") for key in ordered}


def covered(chosen: Settings, shares: Mapping[str, float]) -> str:
    """Which share of the spend names a cost centre, a team, an environment, by the keys of ``chosen``."""
    known = {name: shares[keys] for name, keys in chosen.tags.items() if keys in shares}
    said = [f"{fmt.percent(share, 0)} names {SPOKEN[name]}" for name, share in known.items()]
    listed = " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]]))
    return f"Of the spend of the last 30 days {listed}." if said else ""


def used(counts: Mapping[str, str], chosen: Settings) -> str:
    """Which keys the account's tags have, those first that no setting names; ``counts`` as of :func:`keys_used`."""
    if not counts:
        return ""
    known = {keyed(one) for keys in chosen.tags.values() for one in parted(keys)}
    ordered = sorted(counts, key=lambda key: key in known)
    said = [f"{plain(key, 60)} ({counts[key]})" for key in ordered[:12]]
    rest = f" and {len(ordered) - 12} more" if len(ordered) > 12 else ""
    return f"Keys that tags have in this account: {', '.join(said)}{rest}."


def value_of(name: str, chosen: Settings) -> str:
    """The value as text, in words where there is none."""
    return plain(getattr(chosen, name), 300) or "not set"


def _bare(value: object) -> str:
    """A number or a switch as it is; of a text, which may hold a password or an address, whether it is set."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else "set" if str(value) else "not set"


def _propose(name: str) -> str:
    return f"Propose it below. Where nothing was agreed, {variable_of(name)} counts"


def _change(name: str) -> str:
    return f"Set {variable_of(name)}, then restart the app"


def _limited(group: str, workspaces: int, centers: int) -> str:
    kind = fmt.counted(workspaces, "workspace") if workspaces else fmt.counted(centers, "cost centre")
    return f"{plain(group, 80)}: {kind}"
