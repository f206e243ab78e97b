"""AgentOps: do the answers of an agent become worse, and can the judge that says so be believed?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from components.figures.bands import band
from components.figures.paired import paired
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes
from things import ThingColumn

CAUSES = "agentops.failing_answers"
LABELS, BELIEVED = 50, 0.6  # what it takes to believe a judge (agents.detectors.answer_quality)
BACK = Proposes("agent", "back_act", "back_params", "why")
AGENT = ThingColumn("", ("workspace_id", "thing_id"), "family")
VERDICTS = {
    "FELL": "passes less",
    "AS_BEFORE": "as before",
    "TOO_FEW": "too few judged",
    "NOT_JUDGED": "nobody judges it",
}
NO_TRACE = (
    "No answer of an agent is known.",
    "LAKEHELM_TRACE_TABLE names the view of MLflow's traces (…_trace_unified), which the app must be able to read.",
)
COLUMNS = {
    "agent": ("Agent", "text"), **offers.COLUMNS, "back": ("Traffic", "text"),
    "says": ("Quality", "text"), "version": ("Version", "text"), "share": ("Passes", "share"), "usual": ("Before", "share"),
    "sampled": ("Of it judged", "share"), "agrees": ("Judge v people, κ", "text"), "believed": ("The judge is", "text"),
    "way": ("Traffic back", "text"),
    "judged": ("Judged", "count"), "labels": ("Labels", "count"), "judge": ("Judge", "text"), "since": ("Since", "date"),
}  # fmt: skip


@panel("Do answers become worse?", height=420, waits=760)
def answer_quality(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Share of judged answers that pass, the newest version of each agent against the versions before, in 60 days: a chart of sums
    that may be looked at daily. Beside it how far the judge agrees with people on answers that both assessed, and how many
    answers are judged at all. A judge with fewer than 50 labels, or whose kappa may be below .6, is not checked: then nothing is
    said with certainty."""
    rows = frames["quality"]
    if rows.empty:
        return [Empty(*NO_TRACE)]
    judged = rows[rows["judge"].ne("")]
    bodies: list[Body] = [said_of_quality(rows, look)]
    if len(judged):
        first = judged.iloc[0]
        bodies += [_drawn(frames["quality_days"], first, look), Note(_of(first)), *_believed(judged, look)]
    return [*bodies, _listed(rows, frames)]


def said_of_quality(rows: pd.DataFrame, look: ViewContext) -> Finding:
    """The rows of the frame ``quality`` in a sentence."""
    fell, judged = rows[rows["verdict"].eq("FELL")], rows[rows["judge"].ne("")]
    unchecked = int(judged["belief"].ne("CHECKED").sum())
    of = f"{unchecked:,} of {fmt.counted(len(judged), 'judge')} not checked"
    if judged.empty:
        return Finding(f"Nobody judges any of {fmt.counted(rows['agent'].nunique(), 'agent')}", "unknown")
    if fell.empty:
        known = judged[judged["verdict"].eq("AS_BEFORE")]["agent"].nunique()
        return Finding(
            f"None of {fmt.counted(known, 'agent')} passes less than before; {of}", "watch" if unchecked else "ok"
        )
    first = fell.iloc[0]
    said = _fell(first, 40)
    if first["belief"] != "CHECKED":
        return Finding(f"{said}; its judge is not checked ({_agrees(first)})", "watch")
    took = (first["alarm"] - first["fell_since"]).days + 1
    return Finding(f"{said} (alarm after {fmt.counted(took, 'day')}); judge {_agrees(first)}", "act")


def quality_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about quality."""
    rows = frames["quality"]
    judged = rows[rows["judge"].ne("")]
    fell = judged[judged["verdict"].eq("FELL") & judged["belief"].eq("CHECKED")]
    if len(fell):
        first = fell.iloc[0]
        return Said(
            f"{_fell(first, 60)}; its judge agrees with people ({_agrees(first)})",
            "act",
            (name_in(first, "agent", AGENT),),
        )
    unchecked = int(judged["belief"].ne("CHECKED").sum())
    if unchecked or judged.empty:
        return Said(
            f"{unchecked:,} of {fmt.counted(len(judged), 'judge')} of answers {'is' if unchecked == 1 else 'are'} not checked"
        )
    return Said("no agent passes less than before", "ok")


def _fell(row: Any, letters: int) -> str:
    lost = (row["usual"] - row["share"]) * 100
    return f"{plain(row['agent'], letters)} {plain(row['version'], 16)} passes {fmt.percent(row['share'], 0)}, {lost:.0f} points less"


def _agrees(row: Any) -> str:
    """``κ 0.71 (0.58–0.84, n 84)``."""
    labels = int(row["labels"])
    if not fmt.known(row["kappa"]):
        return f"n {labels:,}"
    return f"κ {row['kappa']:.2f} ({row['low']:.2f}–{row['high']:.2f}, n {labels:,})".replace("-", "−")


def _belief(row: Any) -> str:
    if row["belief"] == "CHECKED":
        return "checked"
    few = row["belief"] == "FEW_LABELS"
    return f"not checked: {fmt.counted(int(row['labels']), 'label')}" if few else "not checked: agrees too little"


def _drawn(days: pd.DataFrame, first: pd.Series, look: ViewContext) -> Body:
    own = days[days["agent"].eq(first["agent"]) & days["judge"].eq(first["judge"])]
    told = own.assign(told=[f"{row.version}: {row.judged:,} judged" for row in own.itertuples()])
    return band(
        told,
        look,
        x="day",
        value="share",
        low="low",
        high="high",
        expected="usual",
        flag="beyond",
        flag_text="told",
        unit="ratio",
        height=240,
    )


def _of(row: pd.Series) -> str:
    sampled, version = fmt.percent(row["sampled"], 0), plain(row["version"], 20)
    return (
        f"{plain(row['agent'], 60)}, by the judge {plain(row['judge'], 40)}: {sampled} of its answers are judged "
        f"({int(row['judged']):,} of {int(row['answers']):,}), {version} since {fmt.day(row['since'])}. "
        "The band is what passed before, with three deviations of a day's number of answers."
    )


def _believed(judged: pd.DataFrame, look: ViewContext) -> list[Body]:
    """Kappa of each judge with its interval, against what it takes to be believed."""
    known = judged[judged["kappa"].notna()]
    if known.empty:
        return []
    named = known.assign(
        needed=BELIEVED,
        called=[f"{str(row.agent).rpartition('.')[2]}, {row.judge}, n {row.labels:,}" for row in known.itertuples()],
    )
    return [
        paired(
            named,
            look,
            label="called",
            said_first=("needed", "needed at least, with its whole bar"),
            came=("kappa", "κ, judge against people"),
            low="low",
            high="high",
            unit="number",
            of="κ",
        )
    ]


def _listed(rows: pd.DataFrame, frames: Frames) -> Grid:
    shown = rows.assign(
        says=rows["verdict"].map(VERDICTS),
        judge=rows["judge"].replace("", None),
        agrees=_of_judges(rows, _agrees),
        believed=_of_judges(rows, _belief),
        resource_kind=rows["family"],
        resource_id=rows["thing_id"],
    )
    made = [_offer(row) for _, row in rows.iterrows()]
    listed = _with_way_back(offers.offered_of_kinds(shown, "agent", made, frames))
    empty = {name for name in ("back", "way") if listed[name].isna().all()}
    reasons = " or ".join(dict.fromkeys(listed["way"].dropna()))
    return Grid(
        listed,
        {name: column for name, column in COLUMNS.items() if name not in empty},
        f"a judge is checked from {LABELS} labels on, where κ is {BELIEVED} at least"
        + (f" · traffic back: {reasons}" if reasons else ""),
        things={"agent": AGENT, "state": offers.STATE},
        proposes={"propose": offers.button("agent"), "back": BACK},
    )


def _with_way_back(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the button that leads requests back to the version before, where an agent that passes less is a serving endpoint,
    else with the reason why there is none. What of the endpoint has that version is in no table: who proposes it names it."""
    fell = rows["verdict"].eq("FELL")
    back = fell & rows["family"].eq("endpoint") & rows["version_before"].notna()
    reasons = [
        None if not bad or way else _no_way_back(row)
        for bad, way, row in zip(fell, back, rows.itertuples(), strict=True)
    ]
    return rows.assign(
        back=pd.Series(["Back" if one else None for one in back], rows.index, dtype=object),
        back_act=pd.Series(["serving.set_traffic" if one else "" for one in back], rows.index, dtype=object),
        back_params=pd.Series([{} for _ in back], rows.index, dtype=object),
        way=pd.Series(reasons, rows.index, dtype=object),
    )


def _no_way_back(row: Any) -> str:
    if not isinstance(row.version_before, str):
        return "no: nothing was judged before"
    known = isinstance(row.thing_id, str)
    return "no: versions lie behind the gateway's service" if known else "no: what serves it is not seen"


def _of_judges(rows: pd.DataFrame, says: Callable[[Any], str]) -> pd.Series:
    """What is said of each judge; nothing where nobody judges."""
    return pd.Series([says(row) if row["judge"] else None for _, row in rows.iterrows()], rows.index, dtype=object)


def _offer(row: pd.Series) -> Offer | None:
    """A ticket about an agent that passes less, and whose thing is known."""
    if row["verdict"] != "FELL" or not isinstance(row["thing_id"], str):
        return None
    since, before = fmt.day(row["fell_since"]), row["version_before"]
    why = (
        f"{plain(row['version'], 40)} passes {fmt.percent(row['share'])} of {int(row['judged']):,} judged answers, what was before "
        f"{fmt.percent(row['usual'])}: less since {since}. Judge {plain(row['judge'], 60)} against people: {_agrees(row)}."
    )
    back = f" Is {plain(before, 40)} to come back?" if isinstance(before, str) else ""
    subject = plain(f"Answers of {row['agent']} pass less since {since}", 120)
    return Offer("ticket.open", f"{why}{back}", {"queue": "agents", "subject": subject, "priority": "high"})


@panel("Why answers fail", height=360)
def failing_answers(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Answers that ended in an error, or of which a judge says no, in 60 days by what stands beside it: a tool that failed, a search
    that found nothing. Of the answers that nobody judged only errors are known. What was asked is not shown."""
    rows = frames["failing_answers"]
    if rows.empty:
        return [Empty("No answer failed in this period.", NO_TRACE[1])]
    rows = _fallen_first(rows, frames["quality"])
    first, whole = rows.iloc[0], int(rows["failed"].sum())
    what = f"{plain(first['tool'], 30)} failed" if isinstance(first["tool"], str) else SAID[str(first["cause"])]
    most = f"{int(first['failed']):,} of {plain(first['agent'], 40)} {plain(first['version'], 16)}: {what}"
    said = f"{fmt.counted(whole, 'answer')} failed; {most}"
    columns = labelled(
        CAUSES, ("agent", "version", "cause", "tool", "failed", "share", "answers", "judges", "newest", "trace")
    )
    return [Finding(said, "watch"), Grid(rows, columns, "a cause stands beside the failure", things={"agent": AGENT})]


def _fallen_first(rows: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Answers of versions that pass less first, then those of most failures."""
    fell = quality[quality["verdict"].eq("FELL")]
    worse = set(zip(fell["agent"], fell["version"], strict=True))
    marked = [pair in worse for pair in zip(rows["agent"], rows["version"], strict=True)]
    return rows.assign(worse=marked).sort_values(["worse", "failed"], ascending=False, kind="stable")


SAID = {
    "ENDED_IN_ERROR": "an error ended it",
    "FOUND_NOTHING": "its search found nothing",
    "JUDGED_WRONG": "judged wrong",
    "TOOL_FAILED": "a tool failed",
}
