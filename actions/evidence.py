"""Evidence is read by the cockpit itself, from catalogue queries: when a proposal is made and again before it runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from actions.desk import Reads
from approvals.values.canonical import digest
from approvals.values.proposal import Evidence, Scalar
from approvals.values.value import Json
from queries.catalogue import catalogue
from queries.schema import tables
from warehouse.interface import Answer, ask
from warehouse.reach import sources

KEPT = 20  # rows
PATIENCE = 60.0  # seconds


class Unread(Exception):
    """The evidence could not be read now: that is not the same as "nothing has changed"."""


class TooOld(Exception):
    """What the rows speak of is too long ago to act on; the message says since when. ``gone_by``: because the days that
    are asked for have gone by, not because a source lags."""

    def __init__(self, why: str, gone_by: bool) -> None:
        super().__init__(why)
        self.gone_by = gone_by


def bounded(asked: Evidence, tolerance: Decimal, lasts_s: int) -> Evidence:
    """``asked`` as its kind allows it: whoever proposes may want figures to hold more closely, or rows to be younger,
    never the other way."""
    scalars = tuple(one.model_copy(update={"tolerance": min(one.tolerance, tolerance)}) for one in asked.scalars)
    return asked.model_copy(update={"scalars": scalars, "max_age_s": min(asked.max_age_s, lasts_s)})


def read(reader: Reads | None, asked: Evidence) -> Evidence:
    """``asked`` with the rows that match, their digest and what the scalars are now. Raises :class:`Unread`."""
    answer = _answer(reader, asked)
    rows, names = _matching(answer, asked.match)
    scalars = tuple(_observed(one, rows[0].get(one.column) if rows else None) for one in asked.scalars)
    shown = tuple(tuple(_shown(row[name]) for name in names) for row in rows[:KEPT])
    return asked.model_copy(
        update={
            "columns": tuple(names),
            "rows": shown,
            "row_count": len(rows),
            "scalars": scalars,
            "rows_digest": digest([asked.query, asked.params, asked.match, list(names), shown]),
            "executed_at": answer.read_at,
            "data_as_of": answer.coverage.until,
        }
    )


def changed(reader: Reads | None, known: Sequence[Evidence]) -> str:
    """In words, the first decisive figure that is not what it was (:class:`approvals.values.proposal.Scalar`); empty when all
    still hold. Raises :class:`Unread`, and :class:`TooOld` for what is older than it may be when one acts on it."""
    for one in known:
        seen = read(reader, one)
        if one.row_count and not seen.row_count:
            return f"{one.title}: it is no longer in the system tables"
        now = {scalar.column: scalar.observed for scalar in seen.scalars}
        for scalar in one.scalars:
            if not _holds(scalar, now[scalar.column]):
                return f"{one.title}: {scalar.column} was {scalar.observed}, is {now[scalar.column]}"
        if old := too_old(seen):
            raise old
    return ""


def too_old(seen: Evidence) -> TooOld | None:
    """Whether rows that were just read are older than the evidence may be. A source may always lag as it usually does;
    where it is not known up to when rows reach, the days that were asked for tell."""
    end = _end(seen)
    until = min((one for one in (seen.data_as_of, end) if one is not None), default=None)
    if until is None or seen.executed_at is None:
        return None
    allowed = max(dt.timedelta(seconds=seen.max_age_s), _usual_lag(seen))
    if seen.executed_at - until <= allowed:
        return None
    gone_by = end is not None and seen.executed_at - end > allowed
    return TooOld(f"{seen.title}: it speaks of what was until {until:%Y-%m-%d %H:%M} UTC, too long ago", gone_by)


def _end(one: Evidence) -> dt.datetime | None:
    """The end of the days that are asked for."""
    end = one.params.get("end")
    return dt.datetime.combine(dt.date.fromisoformat(end), dt.time(), dt.UTC) if isinstance(end, str) else None


def _usual_lag(one: Evidence) -> dt.timedelta:
    lags = [tables()[name].usual_lag for name in sources(catalogue()[one.query], one.params)]
    return max((lag for lag in lags if lag is not None), default=dt.timedelta(0))


def moved_on(one: Evidence, now: dt.datetime) -> Json:
    """The parameters of ``one`` for the day of ``now``: the days asked for lie as they lay when it was first read."""
    kinds = catalogue()[one.query].params if one.query in catalogue() else {}
    passed = now.date() - one.executed_at.date() if one.executed_at else dt.timedelta(0)
    return {
        name: (dt.date.fromisoformat(value) + passed).isoformat() if str(kinds.get(name)) == "date" else value
        for name, value in one.params.items()
    }


def _holds(scalar: Scalar, now: Decimal | str | None) -> bool:
    before = scalar.observed
    if before is None or now is None or isinstance(before, str) or isinstance(now, str):
        return before == now
    if scalar.threshold is not None and (before >= scalar.threshold) != (now >= scalar.threshold):
        return False
    return abs(now - before) <= scalar.tolerance * max(abs(before), Decimal("0.000001"))


def _answer(reader: Reads | None, asked: Evidence) -> Answer:
    if reader is None:
        raise Unread("the warehouse is not connected")
    query = catalogue()[asked.query]
    try:
        bound = {name: _bound(query.params[name], value) for name, value in asked.params.items()}
        answer = reader.reread(ask(asked.query, **bound)).result(PATIENCE)
    except Exception as error:
        raise Unread(f"{asked.title}: {type(error).__name__}") from error
    if answer.table is None or answer.error is not None:
        raise Unread(f"{asked.title}: {answer.error.title if answer.error else 'nothing was read'}")
    return answer


def _bound(kind: Any, value: Any) -> Any:
    """A parameter as the query wants it; JSON has no dates."""
    return dt.date.fromisoformat(value) if str(kind) == "date" and isinstance(value, str) else value


def _matching(answer: Answer, match: Json) -> tuple[list[dict[str, Any]], list[str]]:
    table = answer.table
    assert table is not None
    rows = [
        row for row in table.to_pylist() if all(str(row.get(name)) == str(wanted) for name, wanted in match.items())
    ]
    return rows, list(table.column_names)


def _observed(scalar: Scalar, cell: Any) -> Scalar:
    value = _value(cell)
    return scalar.model_copy(update={"observed": value, "text": isinstance(value, str)})


def _value(value: Any) -> Decimal | str | None:
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _shown(value: Any) -> Any:
    """A cell as JSON: exact decimals and times as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
