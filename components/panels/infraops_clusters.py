"""InfraOps: which clusters run without work, and which could do with fewer workers or are full of memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from components.figures.scatter import Axis, scatter
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

TERMINATES = 30  # idle minutes, as the savings of clusters are worked out
WORTH = 1  # a day, in the viewer's currency: less idle time is no waste
FULL = 0.8  # of the memory of a machine, at its height: what is fuller cannot be made smaller
SWAPS = 0.05  # share of the minutes: what swaps more often lacks memory
CPU_ROOM, MEMORY_ROOM = 1.2, 1.25  # headroom over the height, as providers of such advice leave it
MEASURED = 3  # days: fewer say nothing of the week
IDLE = (
    "cluster", "idle_a_day", "idle_share", "idle_hours", "hours", "auto_minutes", "evidence_days", "owner", "workspace",
)  # fmt: skip
USE = (
    "cluster", "role", "cpu", "memory", "swapping", "workers", "cost_a_day", "owner",
)  # fmt: skip
ADVICE = {"evidence": ("What fits", "long")}
KEEP, FULL_USE, FITS, DRIVER = "memory is full: leave it", "memory is full", "what it has", "a driver"
QUIET = (FITS, DRIVER)  # what is said of machines of which nothing is advised


@panel("Clusters that run without work")
def idle_clusters(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Minutes in which every machine of an all-purpose cluster used less than 5 % of its CPU and at most 80 % of its memory,
    and what they cost a day. Ending after 0 minutes means never."""
    query = "infraops.idle_clusters"
    frame = frames["idle_clusters"]
    if frame.empty:
        return [Empty("No all-purpose cluster was billed in this period.")]
    known = things_apart(frame[frame["evidence_days"].notna()], "cluster", "cluster_id")
    unknown = len(frame) - len(known)
    if known.empty:
        return [Note(f"Of {fmt.counted(unknown, 'cluster')} none was measured.", "unknown")]
    rows = offers.offered(known, "cluster", "cluster", [_ends(row, look) for row in known.itertuples()], frames)
    return [
        said_of_idle(known, look),
        Grid(
            rows,
            offers.after_name(query, IDLE),
            _not_measured(unknown),
            things={**things_of(query), "state": offers.STATE},
            proposes={"propose": offers.button("cluster")},
        ),
    ]


def wasted(known: pd.DataFrame) -> pd.DataFrame:
    """The rows of infraops.idle_clusters that end later than they need, or never, and idle for more than is worth a look."""
    late = known["auto_minutes"].eq(0) | known["auto_minutes"].gt(TERMINATES)
    dear = known["idle_a_day"].map(lambda one: fmt.known(one) and one >= WORTH)
    return known[(late & dear).astype(bool)]


def said_of_idle(known: pd.DataFrame, look: ViewContext) -> Finding:
    """The rows of infraops.idle_clusters in a sentence."""
    late, whole = wasted(known), fmt.money(amount(known["idle_a_day"]), look.currency)
    of = f"{fmt.counted(len(known), 'cluster')} idle for {whole} a day"
    if late.empty:
        return Finding(
            f"{of}; all that cost more than {fmt.money(WORTH, look.currency)} end within {TERMINATES} minutes"
        )
    worst = late.iloc[0]
    cost = fmt.money(worst["idle_a_day"], look.currency)
    ends = f"ends after {int(worst['auto_minutes'])} min" if worst["auto_minutes"] else "never ends by itself"
    return Finding(f"{plain(worst['cluster'], 40)} {ends} and idles {cost} of {whole} a day on {len(known):,}", "watch")


def _ends(row: Any, look: ViewContext) -> Offer | None:
    """To end sooner, where it ends late or never and that costs something."""
    late = row.auto_minutes == 0 or row.auto_minutes > TERMINATES
    if not late or not fmt.known(row.idle_a_day) or row.idle_a_day < WORTH:
        return None
    ends = f"ends after {int(row.auto_minutes)} idle minutes" if row.auto_minutes else "never ends by itself"
    hours = f"{fmt.number(row.idle_hours)} of {fmt.number(row.hours)} measured hours without work"
    why = f"It {ends}: {hours}, {fmt.money(row.idle_a_day, look.currency)} a day."
    return Offer("cluster.set_autotermination", why, {"auto_termination_minutes": TERMINATES})


def _not_measured(unknown: int) -> str:
    return (
        f"{fmt.counted(unknown, 'cluster')} not measured: machines that live under about ten minutes are not"
        if unknown
        else ""
    )


@panel("What could be smaller, and what is full of memory", height=420)
def cluster_use(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """CPU against memory at their height (95 % of the minutes), drivers and workers apart. Low in both can lose workers; low
    CPU with full memory cannot. A ring swaps. The area is what the cluster costs."""
    query = "infraops.cluster_use"
    frame = frames["cluster_use"]
    if frame.empty:
        return [Empty("No all-purpose cluster was billed in this period.")]
    advised = _advised(things_apart(frame, "cluster", "cluster_id"), look)
    known = advised[advised["cpu"].notna()]
    unknown = len(advised) - len(known)
    if known.empty:
        return [Note(f"Of {fmt.counted(unknown, 'cluster')} none was measured.", "unknown")]
    drawn = scatter(
        known.assign(
            label=known["cluster"] + " · " + known["role"],
            swaps=known["swapping"].ge(SWAPS),
            judged=known["evidence"].isin(QUIET).eq(False),
        ),
        look,
        x=Axis("cpu", "ratio", "of the CPU, 95 %"),
        y=Axis("memory", "ratio", "of the memory, 95 %", FULL),
        label="label",
        size="cost_a_day",
        hollow="swaps",
        named="judged",
        detail="evidence",
        thing=things_of(query)["cluster"],
    )
    made = [_fewer(row) for row in known.itertuples()]
    rows = offers.offered(known, "cluster", "cluster", made, frames)
    columns = {**offers.after_name(query, USE[:2]), **ADVICE, **labelled(query, USE[2:])}
    things = {**things_of(query), "state": offers.STATE}
    button = {"propose": offers.button("cluster")}
    return [_found(known, look), drawn, Grid(rows, columns, _not_measured(unknown), things=things, proposes=button)]


def fits(workers: float, cpu: float, memory: float) -> int:
    """The least number of workers on which the load at its height, with room to spare, would fit; one at least."""
    return max(1, math.ceil(workers * max(cpu * CPU_ROOM, memory * MEMORY_ROOM) - 1e-9))


def _advised(frame: pd.DataFrame, look: ViewContext) -> pd.DataFrame:
    """With ``fewer`` (workers that would do, where they are fewer), ``saves`` a day and ``evidence`` in words; what can be made
    smaller first, then what looks idle and is full of memory."""
    said = [_advice(row) for row in frame.itertuples()]
    saves = [_saving(row, fewer) for row, (fewer, _) in zip(frame.itertuples(), said, strict=True)]
    words = [
        f"{text}: about {fmt.money(much, look.currency)} a day less" if much is not None else text
        for (_, text), much in zip(said, saves, strict=True)
    ]
    made = frame.assign(
        fewer=pd.Series([fewer for fewer, _ in said], frame.index, dtype="float64"),
        saves=pd.Series(saves, frame.index, dtype=object),
        evidence=pd.Series(words, frame.index, dtype=object),
    )
    rank = [(-float(much or 0), text != KEEP) for much, (_, text) in zip(saves, said, strict=True)]
    order = sorted(range(len(made)), key=lambda at: rank[at])
    return made.iloc[order]


def _advice(row: Any) -> tuple[int | None, str]:
    """The workers that would do, where half as many or fewer would, and a word on why they would or would not."""
    if not fmt.known(row.cpu):
        return None, "not measured"
    if row.role == "driver":
        return None, DRIVER
    if row.memory >= FULL or row.swapping >= SWAPS:
        return None, KEEP if row.cpu < 0.5 else FULL_USE
    if row.days < MEASURED:
        return None, f"measured on {fmt.counted(int(row.days), 'day')} only"
    wanted = fits(row.machines, row.cpu, row.memory)
    if row.role != "workers" or not fmt.known(row.workers) or wanted >= row.workers or 2 * wanted > row.machines:
        return None, FITS
    return wanted, f"{wanted} of {int(row.workers)} workers"


def _saving(row: Any, fewer: int | None) -> Decimal | None:
    """What the workers that are too many cost a day: machines of a cluster cost alike."""
    if fewer is None or not fmt.known(row.cost_a_day):
        return None
    return Decimal(row.cost_a_day) * (int(row.machines) - fewer) / (int(row.machines) + 1)


def _fewer(row: Any) -> Offer | None:
    if not fmt.known(row.fewer):
        return None
    use = f"{fmt.percent(row.cpu, 0)} of the CPU and {fmt.percent(row.memory, 0)} of the memory"
    why = f"Its workers use {use} at their height on {fmt.counted(int(row.days), 'day')}, without swapping: {row.evidence}."
    fewer = int(row.fewer)
    least = min(int(row.workers_least), fewer) if fmt.known(row.workers_least) else fewer
    params = {"min_workers": least, "max_workers": fewer} if row.autoscales else {"num_workers": fewer}
    return Offer("cluster.resize", why, params)


def _found(known: pd.DataFrame, look: ViewContext) -> Finding:
    """How many can lose workers for how much, and how many are full of memory."""
    smaller = known[known["fewer"].notna()]
    full = known[known["evidence"].isin((KEEP, FULL_USE))].sort_values(["swapping", "memory"], ascending=False)
    left = _full(full["cluster"].drop_duplicates()) if len(full) else ""
    if smaller.empty:
        of = f"None of {fmt.counted(known['cluster'].nunique(), 'cluster')} can lose half its workers"
        return Finding("; ".join(filter(None, (of, left))))
    saves = fmt.money(amount(smaller["saves"]), look.currency)
    name = plain(smaller.iloc[0]["cluster"], 40)
    who = name if len(smaller) == 1 else f"{len(smaller):,} clusters, {name} first,"
    said = f"{who} can lose half the workers or more: about {saves} a day"
    return Finding("; ".join(filter(None, (said, left))), "watch")


def _full(names: pd.Series) -> str:
    """The clusters of which that is so, the worst first."""
    others = f" and {fmt.counted(len(names) - 1, 'other')}" if len(names) > 1 else ""
    return f"{plain(names.iloc[0], 40)}{others} {'are' if others else 'is'} full of memory"
