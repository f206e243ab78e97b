"""Tells the owner of a table of sensitive columns in it that nothing protects and that others read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share
from agents.governanceops.unused_grants import NOWHERE
from agents.messages import INTERRUPTED, note, plain, recipient, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

BARE = ("NONE", "TAGGED")  # protections that protect nothing
DAYS, MOST_COLUMNS = 30, 5_000  # as the page asks
SETTLED = dt.timedelta(days=2)  # since it was found: until then somebody may be at it
EACH, TOP = Decimal(20), Decimal(200)  # assumed worth of each reader less, and of all at most, to rank by only


def unmasked(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per table with sensitive columns that nothing protects: ``columns`` are rows of
    ``governanceops.sensitive_columns``. Those that can be masked as others of their class are left to
    :mod:`agents.governanceops.mask_tagged`. Pure."""
    every = frames["columns"].rename(columns={"class": "sort"})  # a word of Python is no name of an attribute
    bare: dict[str, list[Row]] = {}
    can_be_masked = (every["protection"] == "TAGGED") & every["mask"].notna()
    for row in rows(every[every["protection"].isin(BARE) & ~can_be_masked]):
        bare.setdefault(row.table_full_name, []).append(row)
    return [_judged(own, every, frames, now) for own in bare.values()]


def _judged(own: list[Row], every: pd.DataFrame, frames: Frames, now: dt.datetime) -> Observation:
    row, since = own[0], min((at for one in own if (at := moment(one.found)) is not None), default=None)
    if not int(row.readers):
        return CAPABILITY.leaves(row, f"nobody read it in {DAYS} days")
    if since is not None and now - since < SETTLED:
        return CAPABILITY.leaves(row, f"found on {since:%Y-%m-%d %H:%M} UTC: its owner has time to look")
    alike = every[every["sort"].isin({one.sort for one in own})]
    kept, whole = int((~alike["protection"].isin(BARE)).sum()), len(alike)
    sure, gain = share((kept + 1) / (whole + 2)), min(EACH * int(row.readers), TOP)
    value = worth(sure, gain, INTERRUPTED)
    if value <= 0:
        rule = f"{kept} of {whole} such columns are protected here, and {int(row.readers)} read it"
        return CAPABILITY.leaves(row, f"{rule}: not worth a look", value)
    return CAPABILITY.proposes(row, now, _told(own, since, (kept, whole), sure, gain, recipient(row.owner, frames)))


def _told(
    own: list[Row], since: dt.datetime | None, kept: tuple[int, int], sure: Decimal, gain: Decimal, to: str
) -> Recommendation:
    row, table = own[0], plain(own[0].table_full_name, 160)
    columns = ", ".join(plain(one, 60) for one in dict.fromkeys(one.column_name for one in own))
    sorts = ", ".join(plain(one, 60) for one in dict.fromkeys(one.sort for one in own))
    found = f"{columns} of {table} holds {sorts}" + (f", found on {since:%Y-%m-%d}" if since else "")
    read = f"{int(row.readers)} people and services read the table in {DAYS} days"
    rule = f"{kept[0]} of {kept[1]} columns of the kind are protected by a mask, a row filter or a policy"
    lines = (
        f"{found}; neither a mask nor a row filter nor a policy covers it.",
        f"{read}.",
        f"Here {rule}.",
        "Set a column mask, or a policy on its tag; or mark the finding as wrong in data classification.",
        "GovernanceOps › Sensitive shows it as protected on the next day.",
    )
    return telling(
        note(to, f"{columns} of {table} is read without a mask", lines),
        sure=sure,
        gain=gain,
        benefit=Benefit(kind="risk", method="What readers see of people without need; not put into money."),
        title="Sensitive, read and unprotected",
        scalars=(
            Scalar(column="protection", observed=row.protection),
            Scalar(
                column="readers", observed=Decimal(int(row.readers)), tolerance=Decimal("0.5"), threshold=Decimal(1)
            ),
        ),
        observe=(found, "neither a mask nor a row filter nor a policy on tags covers it", read, rule),
        orient=(
            "Whoever reads the table sees it, and so does whoever takes over one of them.",
            "Classification looks at samples: it may be wrong, and the owner knows.",
        ),
        expected="its owner masks it, or says that it is none",
        nothing=f"costs USD 0 a day; {int(row.readers)} go on to see it",
        why=f"Confidence {sure}: {rule}, so that it is the rule here.",
        others=(
            Option(
                what="set a mask at once",
                expected="nobody sees it any more, reports that need it break",
                rejected_because="which readers need it in clear is known to the owner only",
            ),
        ),
    )


def table_of(row: Row) -> Target:
    """The table of a sensitive column."""
    return Target(workspace_id=NOWHERE, type="table", id=row.table_full_name, name=row.table_full_name[:200])


COLUMNS = window("governanceops.sensitive_columns", days=DAYS, limit=MOST_COLUMNS)
CAPABILITY = Capability(
    name="governanceops.unmasked_sensitive",
    version="1.0",
    kind="notify.owner",
    target=table_of,
    opens={"columns": COLUMNS},
    evidence=COLUMNS,
    match=("table_full_name", "column_name"),
    judge=unmasked,
)
