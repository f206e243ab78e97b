"""Proposes to mask sensitive columns that have the tag of their class, as most columns of the class are masked."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from agents.capability import Capability, Frames, Observation, Recommendation, worth
from agents.cells import Row, moment, rows, share, text
from agents.governanceops.unmasked import COLUMNS, DAYS, EACH, SETTLED, TOP, table_of
from agents.messages import plain
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar

USUAL = 3  # masked columns of the class: with fewer it is no habit here
HARM = Decimal(40)  # assumed cost of readers who need it in clear and see a mask, until they are excepted


def mask_tagged(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per table and class with columns that have the tag of their class and no protection, where a function
    masks others of the class: ``columns`` are rows of ``governanceops.sensitive_columns``. Pure."""
    every = frames["columns"].rename(columns={"class": "sort"})  # a word of Python is no name of an attribute
    bare: dict[tuple[str, str], list[Row]] = {}
    for row in rows(every[(every["protection"] == "TAGGED") & every["mask"].notna()]):
        bare.setdefault((row.table_full_name, row.sort), []).append(row)
    return [_judged(own, every[every["sort"] == sort], now) for (_, sort), own in bare.items()]


def _judged(own: list[Row], alike: pd.DataFrame, now: dt.datetime) -> Observation:
    row, since = own[0], min((at for one in own if (at := moment(one.found)) is not None), default=None)
    masked, whole = int((alike["protection"] == "MASKED").sum()), len(alike)
    if not int(row.readers):
        return CAPABILITY.leaves(row, f"nobody read it in {DAYS} days")
    if since is not None and now - since < SETTLED:
        return CAPABILITY.leaves(row, f"found on {since:%Y-%m-%d %H:%M} UTC: its owner has time to look")
    if masked < USUAL:
        return CAPABILITY.leaves(row, f"{masked} columns of its class are masked: no habit to go by")
    sure, gain = share((masked + 1) / (whole + 2)), min(EACH * int(row.readers), TOP)
    value = worth(sure, gain, HARM)
    if value <= 0:
        rule = f"{masked} of {whole} columns of its class are masked, and {int(row.readers)} read the table"
        return CAPABILITY.leaves(row, f"{rule}: not worth a look", value)
    return CAPABILITY.proposes(row, now, _masked(own, (masked, whole), sure, value))


def _masked(own: list[Row], kept: tuple[int, int], sure: Decimal, value: Decimal) -> Recommendation:
    row, table = own[0], plain(own[0].table_full_name, 160)
    columns, function = ", ".join(plain(one.column_name, 60) for one in own), text(row.mask)
    found = f"{columns} of {table} has the tag {plain(row.sort, 60)}; neither a mask nor a row filter nor a policy covers it"
    read = f"{int(row.readers)} people and services read the table in {DAYS} days"
    rule = f"{kept[0]} of {kept[1]} columns of the class are masked, most of them by {plain(function, 120)}"
    return Recommendation(
        params={"tag": row.sort, "function": function, "except_principals": []},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="risk", method="What readers see of people without need; not put into money."),
        title="Tagged as sensitive, read and not masked",
        scalars=(
            Scalar(column="protection", observed=row.protection),
            Scalar(column="mask", observed=function),
            Scalar(
                column="readers", observed=Decimal(int(row.readers)), tolerance=Decimal("0.5"), threshold=Decimal(1)
            ),
        ),
        ooda=Ooda(
            observe=(found, read, rule),
            orient=(
                "Whoever reads the table sees it in clear, and so does whoever takes over one of them.",
                "Jobs and reports that join or filter by it see the mask too: the owner says who is to be excepted.",
            ),
            options=(
                Option(what=f"mask it with {plain(function, 120)}", expected="nobody sees it in clear any more"),
                Option(
                    what="ask the owner to do it",
                    expected="certainty about who needs it in clear, days later",
                    rejected_because="the owner agrees to this one anyway, and can name the exceptions in it",
                ),
                Option(
                    what="do nothing",
                    expected=f"costs USD 0 a day; {int(row.readers)} go on to see it",
                    rejected_because="others of its class are masked",
                ),
            ),
            why=f"Confidence {sure}: {rule} (Beta from an even start).",
        ),
        narrative=". ".join((found, read, rule, "Taking the policy away shows it as before")) + ".",
    )


CAPABILITY = Capability(
    name="governanceops.mask_tagged",
    version="1.0",
    kind="mask.set",
    target=table_of,
    opens={"columns": COLUMNS},
    evidence=COLUMNS,
    match=("table_full_name", "column_name"),
    judge=mask_tagged,
)
