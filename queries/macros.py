"""The rules that many questions share, each written once: a question calls them, and the catalogue writes them out.

``in_force(p, h.usage_end_time)`` joins usage ``h`` with the price ``p`` in force when it ends; a third argument is another SKU
than that of the usage. ``exact(x)`` is a quantity with ten decimals and ``exact_sum(x)`` the sum of such, ``exact_price(x)`` a
price with ten, and ``list_price(pricing)`` that of the list. ``in_workspaces(id)`` keeps the workspaces that are chosen,
``in_periods(day)`` the days of the current period and of the one it is compared with, ``is_complete(day)`` says whether all
original records of a day came, ``known_name(a, b)`` is the first name that is known. ``is_newest(job_id)`` keeps the newest version of
each thing, ``newest_known(name, job_id)`` is what the newest version says that says it. The constructs of :mod:`queries.folding`
compare free text. What people see, and what an engine gets, is the text written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from itertools import pairwise

from queries.filters import CALLS, only_jobs, only_usage, without_nothing
from queries.folding import CONSTRUCTS, COST_CENTER_TAGS, TAG_KEYS, keyed

ELSEWHERE = "other region or deleted"  # what regional tables do not name


def _in_force(price: str, at: str, sku: str = "") -> str:
    """Half-open: usage that ends when a price changes has the new one, and none has two."""
    usage = at.partition(".")[0]
    return (
        f"{price}.sku_name = {sku or f'{usage}.sku_name'} AND {price}.cloud = {usage}.cloud"
        f" AND {price}.usage_unit = {usage}.usage_unit\n   AND {at} >= {price}.price_start_time"
        f" AND ({price}.price_end_time IS NULL OR {at} < {price}.price_end_time)"
    )


def _exact(x: str) -> str:
    """Twenty-two digits: times a price of fifteen a product still has room in the 38 of an engine."""
    return f"CAST({x} AS DECIMAL(22, 10))"


def _exact_sum(x: str) -> str:
    return _exact(f"SUM({x})")


def _exact_price(x: str) -> str:
    """A price below half of the last decimal is unknown, never 0."""
    price = f"CAST({x} AS DECIMAL(15, 10))"
    return f"CASE WHEN {x} = 0 OR {price} <> 0 THEN {price} END"


def _list_price(pricing: str) -> str:
    """With the promotions of the list; older rows have no such field."""
    return f"COALESCE({pricing}.effective_list.default, {pricing}.default)"


def _in_workspaces(workspace: str) -> str:
    return f"(:workspaces = '' OR array_contains(split(:workspaces, ','), {workspace}))"


def _in_periods(day: str) -> str:
    """The compared period ends where the current one begins, or before: a month so far, the same days of the last one."""
    return f"{day} >= :previous AND {day} < :end AND ({day} >= :start OR {day} < :previous_end)"


def _is_complete(day: str) -> str:
    """Original records come within twelve hours of the day's end."""
    return f"CAST({day} AS TIMESTAMP) + INTERVAL 36 HOURS <= :now"


def _known_name(name: str, *others: str) -> str:
    return f"COALESCE({', '.join((name, *others))}, '{ELSEWHERE}')"


def _versions(thing: str) -> str:
    """All versions of a thing, the newest first; of two of one moment the deleted one."""
    return f"PARTITION BY workspace_id, {thing} ORDER BY change_time DESC, delete_time DESC NULLS LAST"


def _is_newest(thing: str) -> str:
    return f"ROW_NUMBER() OVER ({_versions(thing)}) = 1"


def _newest_known(value: str, thing: str) -> str:
    """A version may leave out what did not change, a deletion most of all."""
    whole = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    return f"FIRST_VALUE({value}) IGNORE NULLS OVER ({_versions(thing)} {whole})"


MACROS: Mapping[str, Callable[..., str]] = {
    "in_force": _in_force,
    "exact": _exact,
    "exact_sum": _exact_sum,
    "exact_price": _exact_price,
    "list_price": _list_price,
    "in_workspaces": _in_workspaces,
    "in_periods": _in_periods,
    "is_complete": _is_complete,
    "known_name": _known_name,
    "is_newest": _is_newest,
    "newest_known": _newest_known,
}


def written_out(
    sql: str, cost_center_tags: Iterable[str] = COST_CENTER_TAGS, chosen: Collection[str] = (), **tags: Iterable[str]
) -> str:
    """``sql`` with every macro and every construct of free text written out, limited by the ``chosen`` filters
    (:mod:`queries.filters`); ``tags`` says which keys mean what else. ``ValueError`` where a call has no end or other arguments
    than its macro takes."""
    keyed_by = {**TAG_KEYS, **tags, "cost_center": cost_center_tags}
    made: dict[str, Callable[..., str]] = {
        **MACROS,
        **CONSTRUCTS,
        "only_usage": lambda: only_usage(chosen),
        "only_jobs": lambda workspace, job: only_jobs(chosen, workspace, job),
        **{f"{means}_keys": partial(_keys, keys) for means, keys in keyed_by.items()},
    }
    while found := _last(sql):
        start, name, arguments, end = found
        try:
            text = made[name](*arguments)
        except TypeError as error:
            raise ValueError(f"{name}({', '.join(arguments)}): {error}") from None
        sql = sql[:start] + text + sql[end:]
    return without_nothing(sql)


def _keys(keys: Iterable[str]) -> str:
    """The keys as ``keyed`` compares them."""
    return "array(" + ", ".join("'" + keyed(one).replace("'", "''") + "'" for one in keys) + ")"


_CALL = re.compile(rf"\b({'|'.join((*MACROS, *CONSTRUCTS, *CALLS, *(f'{means}_keys' for means in TAG_KEYS)))})\(")
_TOKEN = re.compile(r"'(?:[^']|'')*'|[(),]")  # text in quotes is passed over


def _last(sql: str) -> tuple[int, str, list[str], int] | None:
    """The last call in ``sql`` (so that nested ones come first): where it begins, its name, its arguments, its end."""
    calls = list(_CALL.finditer(sql))
    if not calls:
        return None
    call, depth, cuts = calls[-1], 1, [calls[-1].end() - 1]
    for token in _TOKEN.finditer(sql, call.end()):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth == 0 or (depth == 1 and token.group() == ","):
            cuts.append(token.start())
        if depth == 0:
            arguments = [sql[a + 1 : b].strip() for a, b in pairwise(cuts)]
            return call.start(), call.group(1), [one for one in arguments if one], token.end()
    raise ValueError(f"{call.group(1)}( is not closed")
