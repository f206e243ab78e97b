"""Value: what people changed without the inbox, measured as its actions are."""

from __future__ import annotations

from collections.abc import Sequence

from components.panels.value import AWAY, MEASURED, THING, measured
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.names import told_apart
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

COLUMNS = {
    "name": ("Thing", "text"),
    "changed": ("What", "text"),
    "who": ("By", "text"),
    "made": ("When", "lately"),
    "realised": ("Saved", "money"),
    **MEASURED,
}


@panel("Changed by hand", height=380)
def by_hand(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Settings of warehouses and clusters that people changed in 60 days without a proposal, with what each saved or cost: by
    the same measure as actions. Saved or cost is said where nine times in ten it is not chance."""
    if "by_hand" not in frames:
        return Note(AWAY, "unknown")
    rows = frames["by_hand"]
    if rows.empty:
        return Empty("Nobody changed a warehouse or cluster without a proposal in the last 60 days.")
    sure = [fmt.known(low) and (low > 0 or high < 0) for low, high in zip(rows["low"], rows["high"], strict=True)]
    better, worse = (
        rows[[ok and (one > 0) is good for ok, one in zip(sure, rows["realised"], strict=True)]]
        for good in (True, False)
    )
    parts = [
        f"{len(own):,} {word} {fmt.money(abs(sum(own['realised'])), look.currency)}"
        for own, word in ((better, "saved"), (worse, "cost"))
        if len(own)
    ]
    open_ = int(rows["realised"].isna().sum())
    rest = f"{open_:,} cannot be judged" if open_ else ""
    said = "; ".join(filter(None, [*(parts or ["none surely saved or cost"]), rest]))
    names = told_apart(rows["name"], rows["workspace_id"], rows["thing_id"], rows["thing_kind"])
    shown = rows.assign(name=names, changed=rows["changed"].map(lambda what: change_in_words(what, look.names)))
    order = shown["realised"].map(lambda one: -abs(float(one)) if fmt.known(one) else 1.0).argsort(kind="stable")
    table = Grid(
        measured(shown.iloc[order]), COLUMNS, things={"name": THING, "who": ThingColumn("principal", ("who",))}
    )
    return [Finding(f"{fmt.counted(len(rows), 'change')} by hand: {said}", "watch" if len(worse) else "plain"), table]
