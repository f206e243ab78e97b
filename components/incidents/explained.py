"""Which explanation of an incident stands, where no failed run says more: the findings for and against each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from components.incidents.known import Known
from components.incidents.order import CHANGES
from components.incidents.words import called, each
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Finding, Frames, Grid
from things import ThingColumn

LIKELY, POSSIBLE, QUIET, AGAINST = "likely", "possible", "nothing speaks for it", "spoken against"
NONE, FALSE = "no recorded cause", "a false alarm"
NEAR = pd.Timedelta(days=7)  # before it was found, in which a change of its cause may have led to it
MOST = 3  # changes that are weighed
ENOUGH = 3  # earlier incidents like it from which their ends say something of this one
COLUMNS = {
    "hypothesis": ("Hypothesis", "text"), "standing": ("Stands", "text"), "support": ("For it", "long"),
    "against": ("Against it", "long"), "name": ("On", "text"), "check": ("What decides", "long"),
}  # fmt: skip
THING = ThingColumn("", ("workspace_id", "thing_id"), "kind")
CHECKS = {
    "begins": "mend it: what only follows from it is well in the next rounds, else something else is to blame",
    "change": "take it back, or see whether others with the same change are well",
    FALSE: "look at the figure on its page, and at who noticed anything",
    NONE: "ask whoever knows it: code and rows are not in the system tables",
}


def which_stands(row: Any, shown: Known) -> Panel:
    """The panel of the hypotheses about the incident of ``row``; its frames, whose names begin with
    :data:`components.incidents.order.CHANGES`, may be missing."""

    @panel("Which explanation stands", height=480, waits=320)
    def which_stands(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """By rules and without a model: what was found on the thing that is blamed and on what follows from it, its changes in the
        week before, and how earlier ones like it ended. That no cause is recorded is always one of them."""
        rows = hypotheses(
            row, shown, pd.concat(changes, ignore_index=True) if (changes := _changes(frames)) else None, look
        )
        likely = rows[rows["standing"].eq(LIKELY)]
        first = f": {likely['hypothesis'].iloc[0]}" if len(likely) else "; no recorded cause is among what is left"
        said = f"{fmt.counted(len(likely), 'likely explanation')} of {len(rows):,} hypotheses{first}"
        return [
            Finding(plain(said, 110), "act" if len(likely) else "unknown"),
            Grid(rows, COLUMNS, things={"name": THING}, wraps=True),
        ]

    return which_stands


def hypotheses(row: Any, shown: Known, changes: pd.DataFrame | None, look: ViewContext) -> pd.DataFrame:
    """What could explain it, that nothing recorded does last: ``changes`` are rows of things.changes."""
    made = [_begins(row, shown), *_changed(row, changes, look), _false(shown)]
    likely = any(one["standing"] == LIKELY for one in made)
    made.append(
        {
            "hypothesis": NONE,
            "standing": AGAINST if likely else POSSIBLE,
            "support": None if likely else "nothing that is recorded explains it",
            "against": "another is likely" if likely else None,
            "check": CHECKS[NONE],
        }
    )
    return pd.DataFrame(made, columns=[*COLUMNS, "workspace_id", "thing_id", "kind"], dtype=object)


def _begins(row: Any, shown: Known) -> dict[str, Any]:
    """Likely where it is broken itself and other things follow from it; possible where one of both is known."""
    mine, follow = [], set()
    for one in each(shown.findings):
        if one.thing_id == row.thing_id or one.type == "run":
            mine.append(one.said)
        else:
            follow.add(one.thing_id)
    name, others = called(row), fmt.counted(len(follow), "other thing follows", "other things follow")
    support = [*(plain(said, 200) for said in mine[:2]), *([f"{others} from it"] if follow else [])]
    return {
        "hypothesis": f"it begins with {name}",
        "standing": LIKELY if mine and follow else POSSIBLE,
        "support": "; ".join(support) or None,
        "against": None if follow else "nothing is known to follow from it",
        "name": name,
        "workspace_id": row.workspace_id,
        "thing_id": row.thing_id,
        "kind": row.type,
        "check": CHECKS["begins"],
    }


def _changed(row: Any, changes: pd.DataFrame | None, look: ViewContext) -> Iterator[dict[str, Any]]:
    """The last changes of its cause before it was found. None is more than possible: order by clock is no cause."""
    if changes is None or changes.empty:
        return
    before = changes[
        (changes["at"] <= row.opened_at)
        & (changes["at"] >= row.opened_at - NEAR)
        & changes["thing_id"].eq(row.thing_id)
    ]
    for one in before.sort_values("at", ascending=False).head(MOST).to_dict("records"):
        who = f" by {plain(look.names.called(one['who']), 80)}" if isinstance(one["who"], str) else ""
        ago = fmt.age(row.opened_at - pd.Timestamp(one["at"]).to_pydatetime())
        yield {
            "hypothesis": "it was changed",
            "standing": POSSIBLE,
            "support": f"{plain(change_in_words(str(one['what']), look.names), 160)}{who}, {ago} before it was found",
            "against": "order by clock is no cause",
            "name": called(row),
            "workspace_id": one["workspace_id"],
            "thing_id": one["thing_id"],
            "kind": one["kind"],
            "check": CHECKS["change"],
        }


def _false(shown: Known) -> dict[str, Any]:
    """By how earlier ones like it ended."""
    past = len(shown.alike)
    false = int(shown.alike["reason"].eq("false alarm").sum()) if past else 0
    said = f"{false:,} of {fmt.counted(past, 'earlier one')} like it"
    standing = LIKELY if past >= ENOUGH and false * 2 > past else POSSIBLE if false else QUIET
    return {
        "hypothesis": FALSE,
        "standing": standing,
        "support": f"{said} ended as one" if false else None,
        "against": None
        if false == past and past
        else f"{past - false:,} of {past:,} earlier ones like it did not"
        if past
        else "none like it has ended yet",
        "check": CHECKS[FALSE],
    }


def _changes(frames: Frames) -> list[pd.DataFrame]:
    return [frame for name, frame in frames.items() if name.startswith(CHANGES) and len(frame)]
