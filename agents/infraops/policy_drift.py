"""Tells owners of compute that it stands outside a rule which most of its kind in the same environment keeps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, Window
from agents.cells import Row, moment, rows, share, text
from agents.messages import note, plain, recipient, telling
from agents.settled import CHANGES, changes_of
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target
from queries.kinds import Param

DAYS = 30
HABIT = 0.8  # of those who could tell: a rule that fewer keep is none here
FEW = 5  # things that keep it, with fewer it is no habit
GAIN = Decimal(25)  # assumed worth of knowing it, to rank by only
# What a rule is for; others are proposed to be mended by who works out what it saves.
WHY: Mapping[str, str] = {
    "policy": "Without a policy nothing bounds its size, its runtime or who may attach to it.",
    "access mode": "Without isolation whoever attaches to it works with the rights and sees the data of all who do.",
    "init scripts": "Whoever may write to DBFS decides what runs on its machines; such scripts are not supported any more.",
}


@dataclass(frozen=True)
class Since(Window):
    """A window of a question about now, which asks only since when what is made for a run counts."""

    def params(self, now: dt.datetime) -> dict[str, Param]:
        return {name: one for name, one in super().params(now).items() if name != "end"}


RULES = Since("infraops.rules", DAYS, 0, {"workspaces": ""})


def policy_drift(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per thing and rule of :data:`WHY` that it breaks: ``rules`` are rows of infraops.rules, ``changed`` of
    infraops.compute_changes, ``groups`` those of the policy. Of a thing that breaks several one message says all. Pure."""
    kept: dict[tuple[str, str], int] = defaultdict(int)
    broken: dict[tuple[str, str], int] = defaultdict(int)
    outside: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows(frames["rules"]):
        key = (row.rule, text(row.environment))
        if row.result == "kept":
            kept[key] += int(row.things)
        elif row.result == "failed" and row.rule in WHY:
            broken[key] += int(row.things)
            outside.setdefault((row.workspace_id, row.resource_kind, row.resource_id), []).append(row)
    changed = changes_of(frames.get("changed"), "cluster")
    found = []
    for own in outside.values():
        told = [row for row in own if _habit(kept, broken, row)]
        if told:
            found.append(CAPABILITY.proposes(told[0], now, _told(told, kept, broken, changed, frames)))
        else:
            key = (own[0].rule, text(own[0].environment))
            why = f"“{own[0].rule}” is kept by {kept[key]} of {kept[key] + broken[key]} there: no habit to go by"
            found.append(CAPABILITY.leaves(own[0], why))
    return found


def _habit(kept: Mapping[tuple[str, str], int], broken: Mapping[tuple[str, str], int], row: Row) -> bool:
    key = (row.rule, text(row.environment))
    return kept.get(key, 0) >= FEW and kept[key] / (kept[key] + broken[key]) >= HABIT


def _told(
    own: list[Row],
    kept: Mapping[tuple[str, str], int],
    broken: Mapping[tuple[str, str], int],
    changed: Mapping[tuple[str, str], list[Row]],
    frames: Frames,
) -> Recommendation:
    row, name = own[0], plain(own[0].resource, 80)
    place = (
        f"with the environment tag {plain(row.environment, 40)}"
        if text(row.environment)
        else "without an environment tag"
    )
    broke = [f"{one.rule} is {plain(one.value, 100)}, it should be {one.wanted}" for one in own]
    of = (
        [kept[one.rule, text(one.environment)] for one in own],
        [broken[one.rule, text(one.environment)] for one in own],
    )
    rule = "; ".join(
        f"{one.rule}: {good} of {good + bad} {place} keep it" for one, good, bad in zip(own, *of, strict=True)
    )
    lately = next(iter(changed.get((row.workspace_id, row.resource_id), [])), None)
    last = ""
    if lately is not None:
        who = plain(lately.who, 80) or "somebody who is not seen"
        last = f"Last changed at {moment(lately.at):%Y-%m-%d %H:%M} UTC by {who}: {plain(lately.what, 120)}."
    sure = share(min((good + 1) / (good + bad + 2) for good, bad in zip(*of, strict=True)))
    lines = (
        f"{row.resource_kind[:1].upper()}{row.resource_kind[1:]} {name}: {'; '.join(broke)}.",
        f"{rule[:1].upper()}{rule[1:]}.",
        " ".join(WHY[one.rule] for one in own),
        last,
        "To check: InfraOps, Rules: it is among those that keep them, or somebody has written down why not.",
    )
    return telling(
        note(
            recipient(row.owner, frames),
            f"{name} stands outside {'a rule' if len(own) == 1 else f'{len(own)} rules'}: {', '.join(one.rule for one in own)}",
            lines,
        ),
        sure=sure,
        gain=GAIN * len(own),
        benefit=Benefit(
            kind="risk", currency=CURRENCY, method="What may happen outside the rules; not put into money."
        ),
        title="Outside a rule that most of its kind keep",
        scalars=(Scalar(column="result", observed="failed"), Scalar(column="value", observed=text(row.value))),
        observe=(*broke, rule),
        orient=(
            "Whether somebody agreed to an exception no table says.",
            "An image that is built outside is not seen: only what the cluster says of itself.",
        ),
        expected="its owner brings it back within the rules, or says why not",
        nothing="the next ones are made like it",
        why=f"Confidence {sure}: {rule} (Beta from an even start).",
        others=(
            Option(
                what="have its policy enforced",
                expected="it is as the policy says at once, and restarts",
                rejected_because="what runs on it may need what it is now: the owner knows",
            ),
        ),
    )


CAPABILITY = Capability(
    name="infraops.policy_drift",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type=row.resource_kind, id=row.resource_id, name=text(row.resource)[:200]
    ),
    opens={"rules": RULES, "changed": CHANGES},
    evidence=RULES,
    match=("rule", "environment", "result", "workspace_id", "resource_kind", "resource_id"),
    judge=policy_drift,
)
