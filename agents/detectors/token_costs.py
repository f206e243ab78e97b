"""What the tokens of a bill cost by class. A bill names one amount, tokens of four classes have four prices: how they relate is
a setting (what the providers publish), so the amount is split by tokens times relation. The parts add up to the bill to the
last digit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any

import pandas as pd

from setting_values import PRICES, Relation, token_prices

CLASSES = ("fresh", "cache_write", "cache_read", "output")
UNSPLIT = "unsplit"
OTHERS = {"JUDGE": "judge", "RETRIEVAL": "retrieval", "GATEWAY": "gateway"}
LAST = Decimal("1E-10")
COLUMNS = ("workspace_id", "workspace", "service", "payee", "unit", "made_of", "cost", "answers")


RELATIONS = token_prices(PRICES)
OTHER = "other"


def relation(model: str, prices: Mapping[str, Relation] = RELATIONS) -> Relation | None:
    """The relation of prices of ``model``, by the longest word of ``prices`` in its name; None where it has none, and that of all
    other models is taken."""
    found = [word for word in prices if word != OTHER and word in model.casefold()]
    return prices[max(found, key=len)] if found else None


def split(cost: Decimal, tokens: Mapping[str, int], prices: Relation) -> dict[str, Decimal]:
    """``cost`` over the classes of ``tokens`` (names of :data:`CLASSES`) by their number times ``prices``; what rounding leaves
    goes to the largest. Without tokens it is all :data:`UNSPLIT`."""
    with localcontext(prec=60):
        weights = {name: prices.weight(name) * int(tokens.get(name, 0)) for name in CLASSES}
        whole = sum(weights.values())
        if whole <= 0:
            return {UNSPLIT: cost} if cost else {}
        parts = {name: (cost * one / whole).quantize(LAST, ROUND_DOWN) for name, one in weights.items() if one > 0}
        parts[max(weights, key=lambda name: weights[name])] += cost - sum(parts.values())
        return parts


def unit_costs(
    frame: pd.DataFrame, prices: Mapping[str, Relation] = RELATIONS, source: str = "default"
) -> dict[str, pd.DataFrame]:
    """``unit_costs`` of rows of ``agentops.token_costs``: one row per agent, payee and what its cost is ``made_of`` (a class,
    judge, retrieval, gateway, or unsplit), with ``cost`` (Decimal, in ``unit``) and the agent's ``answers``, of both payees
    together. A line without an agent's name has no answers of its own. ``unknown`` counts what the bill says nothing of;
    ``source`` is where the relations of ``prices`` come from."""
    made: dict[tuple[Any, ...], Decimal] = {}
    answers: dict[tuple[Any, Any], int] = {}
    assumed: set[str] = set()
    rows: list[Any] = list(frame.itertuples())
    for row in rows:
        who = (row.workspace_id, _text(row.service))
        answers[who] = answers.get(who, 0) + int(row.answers)
        if not isinstance(row.cost, Decimal):
            continue
        for name, part in _parts(row, prices, assumed).items():
            key = (row.workspace_id, row.workspace, _text(row.service), row.payee, row.unit, name)
            made[key] = made.get(key, Decimal(0)) + part
    lines = [(*key, cost, answers[key[0], key[2]]) for key, cost in made.items()]
    unknown = pd.DataFrame(
        [
            (
                sum(int(row.unbilled) for row in rows),
                sum(int(row.uncounted) for row in rows),
                len(assumed),
                source,
            )
        ],
        columns=["unbilled", "uncounted", "assumed", "source"],
    )
    return {"unit_costs": pd.DataFrame(lines, columns=list(COLUMNS)), "unknown": unknown}


def _parts(row: Any, prices: Mapping[str, Relation], assumed: set[str]) -> dict[str, Decimal]:
    """What the cost of a line is made of."""
    if row.part in OTHERS:
        return {OTHERS[row.part]: row.cost}
    without = row.unsplit if isinstance(row.unsplit, Decimal) else Decimal(0)
    own = relation(str(row.model), prices)
    if own is None:
        assumed.add(str(row.model))
    parts = split(row.cost - without, {name: int(getattr(row, name)) for name in CLASSES}, own or prices[OTHER])
    if without:
        parts[UNSPLIT] = parts.get(UNSPLIT, Decimal(0)) + without
    return parts


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
