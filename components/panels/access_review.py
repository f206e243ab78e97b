"""GovernanceOps: a review of access and how far its reviewers are, and the rights that one would have people decide on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from approvals.deciding.reviews import WAITS, Line, Review
from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.names import told_apart
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Leading, Note
from things import ThingColumn

OPEN = "not decided"
OFF = (
    "The policy has off what would remove them: group.remove_member of who is in a group, grant.revoke of a grant. Whoever keeps the "
    "policy can name it under kinds.enabled; groups that an identity provider keeps are changed there."
)
NOBODY = "governance"  # reviews what nobody owns
THINGS = {
    "holder": ThingColumn("principal", ("holder",)),
    "through": ThingColumn("principal", ("through",)),
    "place": things_of("governanceops.grants")["place"],
    "reviewer": ThingColumn("principal", ("reviewer",)),
    "decided_by": ThingColumn("principal", ("decided_by",)),
    "proposal": ThingColumn("proposal", ("proposal_id",)),
}
# By what a right was last used, as far as it is known now.
LAST = {
    "by_query": ("Last by query", "time"),
    "by_path": ("By path", "time"),
    "by_view": ("Through a view", "time"),
    "by_job": ("By a job", "time"),
}
LINES = {
    "holder": ("Holder", "text"),
    "through": ("Through", "text"),
    "privilege": ("Privilege", "text"),
    "place": ("Securable", "text"),
    "decision": ("Decision", "text"),
    **LAST,
    "evidence": ("What is known of its use", "text"),
    "reviewer": ("Reviewer", "text"),
    "decided_by": ("Decided by", "text"),
    "decided_at": ("Decided", "time"),
    "reason": ("Why", "text"),
    "proposal": ("Proposal", "text"),
}
ROSTER = {name: LINES[name] for name in ("holder", "through", "privilege", "place", *LAST, "evidence", "reviewer")}
BARS = 15


def frames_of(
    review: Review | None, lines: Sequence[Line], as_told: bool, today: dt.date, waits: Collection[int] = ()
) -> Mapping[str, pd.DataFrame]:
    """The frames of :func:`access_review`; ``waits`` are the lines whose removal the policy has off."""
    told = [
        {**vars(one.asked), "line": one.line, "decision": one.decision or OPEN, "reason": one.why or None,
         "decided_by": one.decided_by or None, "decided_at": one.decided_at, "proposal_id": one.proposal_id or None,
         "proposal": ("Take out" if one.asked.member else "Revoke") if one.proposal_id else
                     WAITS if one.line in waits else None}
        for one in lines
    ]  # fmt: skip
    kept = [{**vars(review), "as_told": as_told, "today": today}] if review else []
    return {"review": pd.DataFrame(kept), "lines": pd.DataFrame(told)}


@panel("Review of access", height=420, waits=760)
def access_review(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Rights as they were when the review was opened, with what was known of their use then, and what was decided: keep, remove, ask.
    What nobody decided is no "keep"; a removal is a proposal that others decide on."""
    if "review" not in frames:
        return [Note("Which reviews there are is not known: the app's own database does not answer.", "unknown")]
    if frames["review"].empty:
        return [Empty("0 reviews of access are open.", "Below stands what one would ask: open it there.")]
    review, lines = frames["review"].iloc[0], frames["lines"]
    if not review["as_told"]:
        return [Finding(f"{plain(review['title'], 60)}: its rows are not the ones that the ledger tells of", "act")]
    done = int(lines["decision"].ne(OPEN).sum())
    state = f"closed {fmt.day(review['closed_at'].date())}" if review["closed_at"] else f"due {fmt.day(review['due'])}"
    said = f"{plain(review['title'], 50)}: {done:,} of {fmt.counted(len(lines), 'right')} decided, {state}"
    late = not review["closed_at"] and done < len(lines) and review["due"] < review["today"]
    said += ", which is over" if late else ""
    counts = lines["decision"].value_counts()
    parts = [f"{int(counts[name]):,} to {name}" for name in ("keep", "remove", "ask") if name in counts]
    held = int(lines["proposal"].eq(WAITS).sum())
    waiting = int((lines["decision"].eq("remove") & lines["proposal_id"].isna()).sum()) - held
    parts += [f"{fmt.counted(held, 'removal waits', 'removals wait')} for the policy"] if held else []
    parts += [f"{fmt.counted(waiting, 'removal is', 'removals are')} not proposed yet"] if waiting else []
    by = lines.assign(reviewer=lines["reviewer"].replace("", NOBODY))
    by = by.groupby(["reviewer", "decision"], sort=True).size().rename("rights").reset_index()
    first = by[by["decision"] == OPEN].set_index("reviewer")["rights"]
    by = by.sort_values("reviewer", key=lambda one: -one.map(first).fillna(0), kind="stable")
    names = list(dict.fromkeys(by["reviewer"]))
    by = by[by["reviewer"].isin(names[:BARS])]
    by = by.assign(name=told_apart(by["reviewer"].map(look.names.called), by["reviewer"]))
    ink = tokens(look.theme)
    drawn = stacked(
        by,
        look,
        x="name",
        series="decision",
        value="rights",
        unit="count",
        axis="name",
        colours={"keep": ink.series[0], "remove": ink.series[1], "ask": ink.series[2], OPEN: ink.unknown},
        things="rights",
        when="of",
        thing=THINGS["reviewer"],
    )
    notes: list[Body] = [Note(f"{'; '.join(parts)}.")] if parts else []
    notes += [Leading(OFF, leads=(Lead("Policy", "policy.py"),))] if held else []
    rest = len(names) - BARS
    notes += [Note(f"{fmt.counted(rest, 'reviewer')} with less to do are in the table only.")] if rest > 0 else []
    return [Finding(said, "watch" if late or waiting else "plain"), drawn, *notes, _grid(lines, LINES)]


@panel("What a review would ask", height=420)
def review_roster(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Direct rights with what is known of their use now, those that nobody uses first. Who owns the securable reviews; what nobody
    owns is for governance."""
    found = frames["roster"]
    if found.empty:
        every = fmt.counted(len(frames["grants"]), "right")
        return [
            Empty(f"None of {every} is direct and on what was typed.", "Type the full name of a securable or holder.")
        ]
    states = found["state"].value_counts()
    people = fmt.counted(found.loc[found["reviewer"].ne(""), "reviewer"].nunique(), "reviewer")
    said = f"{fmt.counted(len(found), 'right')} for {people}: {int(states.get('unused', 0)):,} unused"
    said += f"; of {int(states.get('cannot be said', 0)):,} that cannot be said"
    return [Finding(said), _grid(found, ROSTER)]


def _grid(rows: pd.DataFrame, columns: Mapping[str, tuple[str, str]]) -> Grid:
    shown = rows.assign(
        privilege=rows["privilege"].str.replace("_", " "),
        reviewer=rows["reviewer"].where(rows["reviewer"].ne(""), None),
        holder=rows["member"].where(rows["member"].ne(""), rows["grantee"]),
        through=rows["grantee"].where(rows["member"].ne(""), None),
    )
    some = {name: label for name, label in columns.items() if name in shown and shown[name].notna().any()}
    return Grid(shown, some, things={name: one for name, one in THINGS.items() if name in some})
