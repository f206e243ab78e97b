"""AgentOps: what an answer costs, and which tokens it pays for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

import pandas as pd

from components.figures.stacked import stacked
from components.panels.amounts import amount
from components.text import format as fmt
from components.text.codes import in_words
from components.text.currency import cents
from components.text.tokens import entity_colours, tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Plot
from things import ThingColumn

UNSPLIT = "unsplit"  # what was billed on days without tokens
MADE_OF = {
    "fresh": "New input",
    "cache_write": "Written to a cache",
    "cache_read": "Re-read context",
    "output": "Output",
    "judge": "Judge",
    "retrieval": "Retrieval",
    "gateway": "Gateway",
    UNSPLIT: "Without tokens",
}
OF_TOKENS = {"FRESH_INPUT": "fresh", "CACHE_WRITE": "cache_write", "CACHE_READ": "cache_read", "OUTPUT": "output"}
BILLS = {"PROVIDER": "providers' list", "DATABRICKS": "Databricks bill"}
SHORT = {"PROVIDER": "list", "DATABRICKS": "bill"}
NAMELESS, DRAWN = "no agent named", 12
WORKSPACE = ThingColumn("workspace", ("workspace_id",))
COLUMNS = {
    "line": ("Agent or model", "text"),
    "workspace": ("Workspace", "text"),
    "bill": ("Whose prices", "text"),
    "unit": ("Currency", "text"),
    "answers": ("Answers", "count"),
    "thousand": ("1,000 answers", "quantity"),
    "largest": ("Most for", "text"),
    "part": ("Part of it", "share"),
    "cost": ("Cost", "quantity"),
}


@panel("What one answer costs", height=320, waits=620)
def answer_costs(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The bill of each agent by what it pays for: tokens weigh by their class's price (a cached one about a tenth, an output
    one five times a new one). The providers' estimate and Databricks's bill are two kinds of money and are never added. Only
    days whose bill is complete."""
    rows, unknown = frames["unit_costs"], frames["unknown"].iloc[0]
    if rows.empty:
        lacking = fmt.counted(int(unknown["unbilled"]), "answer")
        return [Empty(f"Nothing is billed yet for the agents of this period; {lacking} without a bill.")]
    lines = by_line(rows)
    return [
        _said(rows, lines),
        _drawn(rows, lines, look),
        Note(_residual(rows, unknown)),
        Grid(lines, COLUMNS, "each line in its own currency", things={"workspace": WORKSPACE}),
    ]


def by_line(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per agent and bill, the dearest in all first: its ``cost``, that of ``each`` answer (NULL where it has none), and
    the ``largest`` ``part`` of what it pays for."""
    made = []
    for key, own in rows.groupby(["workspace_id", "service", "payee"], sort=True):
        place, service, payee = map(str, key)
        first, cost = own.iloc[0], amount(own["cost"])
        answers = int(first["answers"])
        most = own.iloc[int(own["cost"].astype(float).argmax())]
        each = _each(cost, answers) if service else None
        made.append(
            {
                "workspace_id": place,
                "service": service,
                "payee": payee,
                "line": service or NAMELESS,
                "workspace": first["workspace"],
                "bill": BILLS[payee].capitalize(),
                "unit": first["unit"],
                "answers": answers,
                "each": each,
                "thousand": None if each is None else each * 1000,
                "largest": MADE_OF[most["made_of"]],
                "part": float(most["cost"] / cost) if cost else None,
                "cost": cost,
            }
        )
    lines = pd.DataFrame(made)
    return lines.sort_values(["payee", "cost"], ascending=[False, False], kind="stable", ignore_index=True)


def class_of_tokens(code: str) -> str:
    """A class of tokens as it is called beside what an answer costs."""
    return MADE_OF.get(OF_TOKENS.get(code, ""), in_words(code))


def paints(look: ViewContext) -> dict[str, str]:
    """The colour of each part of what an answer is made of, wherever it is drawn."""
    parts = [name for key, name in MADE_OF.items() if key != UNSPLIT]
    return entity_colours(parts, look.theme) | {MADE_OF[UNSPLIT]: tokens(look.theme).other}


def _each(cost: Decimal, answers: int) -> Decimal | None:
    with localcontext(prec=60):
        return (cost / answers).quantize(Decimal("1E-8")) if answers else None


def said_each(cost: Decimal | None, unit: str) -> str:
    """``1.4 ¢``; a currency without cents that are known by name says what a thousand cost."""
    if cost is None:
        return "an unknown amount"
    if (cent := cents(unit)) and cost < 1:
        return f"{float(cost) * 100:.2g} {cent}"
    return fmt.money(cost, unit)


def whole(rows: pd.DataFrame, payee: str) -> tuple[Decimal, int, str, float]:
    """Of the agents of a bill: what an answer costs on average, their answers, what most of it is for, and how much of it."""
    own = rows[(rows["payee"] == payee) & (rows["service"] != "")]
    answers = int(own.drop_duplicates(["workspace_id", "service"])["answers"].sum())
    sums = own.groupby("made_of")["cost"].agg(amount)
    largest = max(sums.index, key=lambda name: sums[name])
    cost = amount(own["cost"])
    return _each(cost, answers) or Decimal(0), answers, largest, float(sums[largest] / cost) if cost else 0.0


def _said(rows: pd.DataFrame, lines: pd.DataFrame) -> Finding:
    named = lines[(lines["service"] != "") & (lines["answers"] > 0)]
    if named.empty:
        return Finding(f"{fmt.counted(len(lines), 'line')} of the bill, none of an agent that answered", "unknown")
    payee = named["payee"].iloc[0]
    own = named[named["payee"] == payee]
    cost, _, largest, part = whole(rows, payee)
    unit = own["unit"].iloc[0]
    said = f"One answer costs {said_each(cost, unit)} by the {BILLS[payee]}; {fmt.percent(part, 0)} is {MADE_OF[largest].lower()}"
    dearest = own.iloc[int(own["each"].astype(float).argmax())]
    if len(own) > 1:
        said += f"; dearest {plain(dearest['line'], 40)} with {said_each(dearest['each'], unit)}"
    return Finding(said)


def _drawn(rows: pd.DataFrame, lines: pd.DataFrame, look: ViewContext) -> Body:
    """What a thousand answers cost, by agent and bill; bars of two bills are two lines. What no agent is named for is below."""
    shown = lines[lines["each"].notna()].head(DRAWN)
    if shown.empty:
        return Note("No agent that is billed answered in these days.", "unknown")
    places = {key: n for n, key in enumerate(zip(shown["workspace_id"], shown["service"], shown["payee"], strict=True))}
    both = set(shown.loc[shown["service"].duplicated(), "service"])
    drawn: list[dict[str, Any]] = []
    every: list[Any] = list(rows.itertuples())
    for row in every:
        place = places.get((row.workspace_id, row.service, row.payee))
        if place is not None:
            name = f"{row.service} · {SHORT[row.payee]}" if row.service in both else row.service
            each = float(row.cost) * 1000 / row.answers
            drawn.append({"place": place, "line": name, "made_of": MADE_OF[row.made_of], "each": each})
    frame = pd.DataFrame(drawn).sort_values("place", kind="stable")
    plot = stacked(
        frame,
        look,
        x="line",
        series="made_of",
        value="each",
        unit="number",
        axis="name",
        top=8,
        colours=paints(look),
        things="per 1,000 answers",
    )
    if not isinstance(plot, Plot):
        return plot
    first = shown.iloc[0]
    return replace(plot, alt=f"{plain(first['line'], 40)}: {said_each(first['each'], first['unit'])} an answer.")


def _residual(rows: pd.DataFrame, unknown: Any) -> str:
    """What the picture leaves out, so that it adds up to the bills."""
    parts = []
    for payee, words in BILLS.items():
        own = rows[rows["payee"] == payee]
        if own.empty:
            continue
        unit = own["unit"].iloc[0]
        unnamed, without = own[own["service"] == ""], own[own["made_of"] == UNSPLIT]
        text = f"{words.capitalize()}: {fmt.money(amount(own['cost']), unit)}"
        if len(unnamed):
            text += f", of it {fmt.money(amount(unnamed['cost']), unit)} of no agent by name"
        if len(without):
            text += f", {fmt.money(amount(without['cost']), unit)} on days without tokens"
        parts.append(text)
    for name, word in (("unbilled", "answer without a bill"), ("uncounted", "call without a count")):
        if int(unknown[name]):
            one, many = word, word.replace(" ", "s ", 1)
            parts.append(fmt.counted(int(unknown[name]), one, many))
    if int(unknown["assumed"]):
        parts.append(f"prices of {fmt.counted(int(unknown['assumed']), 'model')} assumed to relate as most do")
    told = f"How prices of tokens relate: Settings ({unknown['source']})"
    return "; ".join(parts) + f". {told}."
