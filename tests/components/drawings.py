"""One drawing of each figure, on the same made-up figures."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from components.figures import bands, lines
from components.figures.bars import pareto, ranked
from components.figures.cells import cells
from components.figures.decision_map import decision_map
from components.figures.event_lanes import event_lanes
from components.figures.flow import Node, flow
from components.figures.gantt import gantt
from components.figures.heatmap import STATES, sla_heatmap
from components.figures.matrix import matrix
from components.figures.paired import paired
from components.figures.progress import progress
from components.figures.scatter import Axis, scatter
from components.figures.stacked import stacked
from components.figures.sunburst import sunburst
from components.figures.survival import survival
from components.figures.treemap import treemap
from components.figures.waterfall import waterfall
from components.figures.week import week
from components.text.view_context import ViewContext
from components.tiles.tile import Body
from things import ThingColumn

EVIL = "<b onclick=x>&job</b>\u202e"
AT = pd.Timestamp(2026, 11, 20, 6, tz="UTC")
DAYS = [dt.date(2026, 10, 21) + dt.timedelta(days=i) for i in range(30)]
PRODUCTS = ("JOBS", "SQL", "DLT", "MODEL_SERVING", "VECTOR_SEARCH", "ALL_PURPOSE", "APPS", EVIL)
_chance = random.Random(3)


def _cost(size: int = 1000) -> Decimal:
    return Decimal(_chance.randrange(1, size * 100)) / 100


TREE = pd.DataFrame(
    [
        {
            "w": str(w),
            "ws": EVIL if w == 0 else f"ws-{w}",
            "p": p,
            "r": f"r/{k}",
            "rn": f"res {k}",
            "now": _cost(),
            "was": _cost(),
        }
        for w in range(10)
        for p in PRODUCTS
        for k in range(4)
    ]
)
DAILY = pd.DataFrame([{"d": d, "p": p, "c": _cost()} for d in DAYS for p in PRODUCTS])
SLA = pd.DataFrame(
    [
        {
            "j": str(j),
            "n": EVIL if j == 0 else f"job {j}",
            "d": d,
            "s": _chance.choices(STATES, (80, 2, 6, 3, 2, 2, 2, 5))[0],
            "why": EVIL,
        }
        for j in range(18)
        for d in DAYS
    ]
)
MOVES = pd.DataFrame({"n": [EVIL, "SQL", "DLT"], "c": [Decimal("1200.50"), Decimal("-300"), Decimal("90")]})
BAND = pd.DataFrame(
    [
        {
            "d": d,
            "v": Decimal(1000 + 3 * i + (900 if i == 20 else 0)),
            "lo": 900.0,
            "hi": 1200.0,
            "mid": 1050.0,
            "odd": i == 20,
            "why": EVIL,
            "plan": 1000.0 - 33 * i,
            "left": 1000.0 - 40 * i,
        }
        for i, d in enumerate(DAYS)
    ]
)
AHEAD = pd.DataFrame(
    [
        {
            "d": DAYS[-1] + dt.timedelta(days=i + 1),
            "mid": 1050.0,
            "l9": 1000.0 - i,
            "h9": 1100.0 + i,
            "l5": 1040.0,
            "h5": 1060.0,
        }
        for i in range(10)
    ]
)

Draw = Callable[[ViewContext, Callable[[pd.DataFrame], pd.DataFrame]], Body]

# Each takes a function on its frame, so that a test can empty or enlarge what is drawn.
DRAW: dict[str, Draw] = {
    "treemap": lambda look, f: treemap(
        f(TREE), look, levels=[("w", "ws"), ("p", "p"), ("r", "rn")], value="now", previous="was"
    ),
    "event_lanes": lambda look, f: event_lanes(
        f(BAND), look, at="d", lane="why", lanes=[EVIL], text="why", hollow="odd", thing=ThingColumn("principal", ("why",))
    ),
    "sunburst": lambda look, f: sunburst(
        f(TREE), look, levels=["ws", "p", "rn"], value="now", of="parts", colours={EVIL: "#123456"},
        things={"ws": ThingColumn("workspace", ("w",))},
    ),
    "waterfall": lambda look, f: waterfall(f(MOVES), look, label="n", change="c", first=Decimal(20_000)),
    "heatmap": lambda look, f: sla_heatmap(
        f(SLA), look, row="j", label="n", day="d", state="s", details=lambda drawn: list(drawn["why"]),
        thing=ThingColumn("principal", ("j",)),
    ),
    "decision_map": lambda look, f: decision_map(
        f(SLA).assign(s=f(SLA)["s"].map({"late": "effect", "failed": "both", "unknown": "usual"}).fillna("none")),
        f(BAND).assign(value=0.8, low=0.7, high=0.9),
        look, row="n", at="d", decision="s", detail="why", metric=EVIL, chooses="column",
    ),
    "ranked": lambda look, f: ranked(f(TREE), look, label="ws", value="now", detail="rn", thing=ThingColumn("workspace", ("w",))),
    "pareto": lambda look, f: pareto(f(TREE), look, label="ws", value="now", unit="money"),
    "stacked": lambda look, f: stacked(f(DAILY), look, x="d", series="p", value="c", marked={DAYS[3]: EVIL}),
    "area": lambda look, f: stacked(f(DAILY), look, x="d", series="p", value="c", mode="area"),
    "lines": lambda look, f: lines.lines(
        f(BAND), look, x="d", columns={"v": "p50", "hi": "p95"}, unit="seconds", limit=(EVIL, 1500.0)
    ),
    "band": lambda look, f: bands.band(
        f(BAND), look, x="d", value="v", low="lo", high="hi", expected="mid", flag="odd", flag_text="why"
    ),
    "fan": lambda look, f: bands.fan(
        f(BAND), f(AHEAD), look, x="d", value="v", middle="mid", ranges=[("l9", "h9", "90%"), ("l5", "h5", "50%")],
        limit=("budget", 1300.0),
    ),
    "gantt": lambda look, f: gantt(
        f(BAND).assign(b=AT, e=AT + pd.Timedelta(hours=2), w=AT - pd.Timedelta(hours=1), s="SUCCEEDED"), look,
        row="why", began="b", ended="e", waited="w", state="s", alt="2 h.", pale=f(BAND)["odd"],
        thing=ThingColumn("principal", ("why",)),
    ),
    "matrix": lambda look, f: matrix(
        f(BAND).assign(e=EVIL, a=1, b=[*range(len(f(BAND)))], c=40), look, row="why", column="e", failed="a", unknown="b",
        whole="c", of="things",
    ),
    "multiples": lambda look, f: lines.multiples(f(DAILY), look, panel="p", x="d", value="c"),
    "scatter": lambda look, f: scatter(
        f(BAND), look, x=Axis("v", "money", "idle", 1050.0), y=Axis("left", "number", "hours", 500.0), label="why", size="v",
        hollow="odd", detail="why", thing=ThingColumn("principal", ("why",)), curves=(9_000.0,), curve_name=lambda one: f"{one:.0f}",
    ),
    "flow": lambda look, f: flow(
        [Node(str(one), str(one), at % 2, detail=EVIL, broken=at == 0) for at, one in enumerate(f(BAND)["why"])],
        [(str(one), str(other)) for one in f(BAND)["why"][:2] for other in f(BAND)["why"][1:3]], ("from", EVIL),
        "1 of 2.", look,
    ),
    "paired": lambda look, f: paired(
        f(BAND), look, label="why", said_first=("v", "promised"), came=("mid", EVIL), low="lo", high="hi",
        thing=ThingColumn("principal", ("why",)),
    ),
    "progress": lambda look, f: progress(
        f(BAND).assign(a=0.7, b=1.4), look, label="why", used="a", ends="b", text="why", detail="why", of=EVIL,
        thing=ThingColumn("principal", ("why",)),
    ),
    "cells": lambda look, f: cells(
        f(SLA).assign(feature=EVIL, part=0.4, short="40%", how="known"), look, row="n", column="feature", share="part",
        text="short", detail="why", state="how", alt=EVIL, of=EVIL, thing=ThingColumn("principal", ("j",)),
    ),
    "survival": lambda look, f: survival(
        f(BAND).assign(one=1), look, group="why", day="v", share="left", people="one", mark=7, of=EVIL
    ),
    "burn_down": lambda look, f: lines.burn_down(f(BAND), look, x="d", left="left", planned="plan"),
    "week": lambda look, f: week(f(BAND).assign(v=9.0), look, hour="d", value="v", unit="seconds"),
}  # fmt: skip
