"""Value: what the actions of the inbox were really worth, and where its loop loses time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from approvals.values.titles import titled
from components.figures.paired import paired
from components.inbox.words import RISK, STATE
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.summary import Clause, Said, summary
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Metric, Metrics, Note
from things import ThingColumn

AWAY = "What became of proposals is not known."
MEASURED = {  # of a change that was judged, beside what it saved
    "between": ("Nine in ten", "text"),
    "days": ("Days", "count"),
    "why": ("Not judged", "text"),
    "after": ("A day after", "money"),
    "expected": ("Without it", "money"),
    "controls": ("Peers", "count"),
}
ACTIONS = {
    "title": ("Action", "text"),
    "name": ("Thing", "text"),
    "made": ("Done", "lately"),
    "undone": ("Taken back", "lately"),
    "promised": ("Promised", "money"),
    "realised": ("Realised", "money"),
    **MEASURED,
}
PROPOSAL = ThingColumn("proposal", ("proposal_id",))
THING = ThingColumn("", ("workspace_id", "thing_id"), "thing_kind")
LOOP = {
    "class": ("Class of risk", "text"),
    "step": ("Step", "text"),
    "began": ("Came to it", "count"),
    "done": ("Through", "count"),
    "waiting": ("Wait now", "count"),
    "half": ("Half within", "seconds"),
    "most": ("Nine of ten within", "seconds"),
}
WAITING = {
    "title": ("Proposal", "text"),
    "class": ("Class of risk", "text"),
    "state": ("State", "text"),
    "since": ("Since", "time"),
}
MOST = 20  # of what waits longest


@panel("Promised and realised", height=380, waits=700)
def promised(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """What actions of 90 days saved: what their things cost after against before, less what like things did that nobody changed.
    What was taken back delivers nothing from then on and keeps its promise. Nothing is judged before a week is over, nor
    against fewer than five like it. The bar holds nine times in ten."""
    if "judged" not in frames:
        return Note(AWAY, "unknown")
    rows, kinds = frames["judged"], frames["kinds"]
    if rows.empty:
        return Empty(
            "No action of the last 90 days changed a thing that has a bill.", "Accepted proposals are judged here."
        )
    if not frames["worth"]["judged"].iloc[0]:
        return [Finding(_not_yet(rows), "unknown"), _actions(rows)]
    open_ = int(rows["realised"].isna().sum())
    later = f"; {open_:,} cannot be judged" if open_ else ""
    shares = [one for row in kinds.itertuples() if (one := _rated(row))]
    rated = [
        f"{kind} {'' if place else 'delivers '}{share}{'' if place else ' of its promise'}"
        for place, (kind, share) in enumerate(shares)
    ]
    if not rated:
        beside = fmt.money(frames["worth"]["beside"].iloc[0], look.currency)
        return [Finding(f"{beside} realised by actions that had promised nothing{later}"), _actions(rows)]
    drawn = paired(
        kinds,
        look,
        label="kind",
        said_first=("promised", "promised"),
        came=("realised", "realised"),
        low="low",
        high="high",
    )
    more = f"; {fmt.counted(len(rated) - 2, 'more kind')}" if len(rated) > 2 else ""
    return [Finding(f"{', '.join(rated[:2])}{more}{later}"), drawn, _actions(rows)]


def _rated(row: Any) -> tuple[str, str] | None:
    """A kind of action, and how much of its promise it delivers; None where it promised nothing."""
    if not fmt.known(row.promised) or row.promised <= 0:
        return None
    return plain(row.kind, 40), f"{float(row.realised / row.promised):.2f}"


def _not_yet(rows: pd.DataFrame) -> str:
    days = [one for one in rows["judged_on"] if isinstance(one, dt.date)]
    many = fmt.counted(len(rows), "action")
    if days:
        return f"Nothing to judge yet: the first of {many} can be judged on {fmt.day(min(days))}"
    return f"None of {many} can be judged: {plain(rows['why'].iloc[0], 60)}"


def measured(rows: pd.DataFrame) -> pd.DataFrame:
    """With what the saving lies between, in words; nothing where it is not judged, nor a reason where it is."""
    whole = partial(fmt.number, compact=False, digits=0)
    bounds = [  # they begin with a word: a cell that begins with a minus would be a formula
        f"from {whole(low)} to {whole(high)}" if fmt.known(low) and fmt.known(high) else None
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    return rows.assign(between=pd.Series(bounds, rows.index, dtype=object), why=rows["why"].replace("", None))


def _actions(rows: pd.DataFrame) -> Grid:
    names = told_apart(rows["name"], rows["workspace_id"], rows["thing_id"], rows["thing_kind"])
    shown = measured(rows.assign(name=names, title=rows["title"].map(titled)))
    return Grid(
        shown,
        {name: one for name, one in ACTIONS.items() if name not in ("why", "undone") or shown[name].notna().any()},
        "the newest first",
        things={"title": PROPOSAL, "name": THING},
    )


@panel("From proposal to proof", height=320, waits=600)
def loop(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """How long proposals of 90 days take from step to step, each class of risk by itself. What still waits counts as waiting:
    where half of a class is not through, no time is said."""
    if "loop" not in frames:
        return Note(AWAY, "unknown")
    rows = frames["loop"]
    if rows.empty:
        return Empty("Nothing was proposed in the last 90 days.")
    told = rows.assign(**{"class": rows["risk"].map(RISK)})
    done = rows.groupby("step", sort=False)["done"].sum()
    proposed = int(rows.loc[rows["step"] == rows["step"].iloc[0], "began"].sum())
    metrics = [Metric("Proposed", f"{proposed:,}", amount=proposed)]
    metrics += [Metric(str(step), f"{int(count):,}", amount=int(count)) for step, count in done.items()]
    waits = frames["waits"]
    bodies: list[Body] = [Finding(_slowest(told)), Metrics(metrics), Grid(told, LOOP)]
    if len(waits):
        longest = waits.head(MOST).assign(**{"class": waits["risk"].head(MOST).map(RISK)})
        longest = longest.assign(
            state=longest["execution"].where(longest["execution"] != "", longest["state"]).map(STATE)
        )
        longest = longest.assign(title=longest["title"].map(titled))
        caption = f"what waits longest of {len(waits):,}"
        bodies.append(Grid(longest, WAITING, caption, things={"title": PROPOSAL}))
    return bodies


def _slowest(told: pd.DataFrame) -> str:
    """The step and class in which half of the proposals take longest, beside how many wait now."""
    waiting = int(told["waiting"].sum())
    wait = f"{fmt.counted(waiting, 'proposal waits', 'proposals wait')} now" if waiting else "nothing waits"
    known = told[told["half"].notna()]
    if known.empty:
        return f"{wait[0].upper()}{wait[1:]}; no step is through for half of its proposals"
    row = known.iloc[int(known["half"].astype(float).to_numpy().argmax())]
    risk = str(row["class"]).split(" ", 1)[1].lower()
    return f"Half of {risk} take {fmt.duration(row['half'])} to be {str(row['step']).lower()}; {wait}"


def _worth(frames: Frames, look: ViewContext) -> Said:
    row = frames["worth"].iloc[0]
    if fmt.known(row["promised"]) and row["promised"] > 0:
        share, low, high = (float(row[name] / row["promised"]) for name in ("realised", "low", "high"))
        got, of = (fmt.money(row[name], look.currency) for name in ("realised", "promised"))
        within = f"({fmt.percent(share, 0)}, 90 % interval {low * 100:.0f} to {high * 100:.0f})"
        return Said(f"{got} realised of {of} promised in 90 days {within}", "plain" if share >= 0.5 else "watch")
    if frames["judged"].empty:
        return Said("no action of 90 days changed a thing that has a bill", "ok")
    return Said(_not_yet(frames["judged"])[0].lower() + _not_yet(frames["judged"])[1:])


def _harm(frames: Frames, look: ViewContext) -> Said:
    rows = frames["judged"]
    worse = rows[[fmt.known(one) and one < 0 for one in rows["high"]]]
    back = int(rows["undone"].notna().sum())
    undone = f"{fmt.counted(back, 'action was', 'actions were')} taken back" if back else "none was taken back"
    if worse.empty:
        return Said(f"no action is known to have harmed, {undone}", "plain" if back else "ok")
    cost = fmt.money(-sum(worse["realised"]), look.currency)
    return Said(f"{fmt.counted(len(worse), 'action')} harmed ({cost}), {undone}", "act")


def _waits(frames: Frames, look: ViewContext) -> Said:
    rows = frames["waits"]
    if rows.empty:
        return Said("no proposal waits", "ok")
    longest = fmt.day(rows["since"].min().date())
    return Said(f"{fmt.counted(len(rows), 'proposal waits', 'proposals wait')}, the oldest since {longest}")


today = summary(
    "Today",
    "What the actions of 90 days were really worth, what they harmed, and what waits.",
    Clause(
        "what was realised", ("judged", "worth"), _worth, Lead("Promised and realised", "value.py", "Worth", "promised")
    ),
    Clause("harm", ("judged",), _harm),
    Clause("what waits", ("waits",), _waits, Lead("From proposal to proof", "value.py", "Loop", "loop")),
)
