"""`python -m queries check|list|explain NAME|reference|schema`: whether every question is sound, which there are, what runs
for one of them, the page that lists them all, and the JSON schema of their headers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from logs import install_for_command
from queries import schema
from queries.catalogue import Query, catalogue
from queries.header import BadQuery, Header
from queries.lineage import columns_read, tables_read
from queries.reference import page, span


def problems() -> Iterator[str]:
    """Everything that is wrong with any file, one line each."""
    from queries.checking import checks, reads, source

    for path in source.files():
        yield from (f"{source.name_of(path)}: {one}" for one in source.problems(path))
    for twins in source.twins():
        yield f"{', '.join(twins)}: share a stretch of SQL: it belongs in queries/shared"
    for name, query in catalogue().items():
        yield from (f"{name}: {one}" for one in (*checks.check(query), *reads.problems(query)))


def check() -> int:
    """0 where every file is sound, else 1."""
    try:
        found = list(problems())
    except BadQuery as error:
        found = [str(error)]
    _write("\n".join(found) or f"{len(catalogue())} questions are sound.")
    return 1 if found else 0


def listed() -> str:
    """A line for each question: its name, how long it is fresh, what it asks, and what it reads."""
    width = max(map(len, catalogue()))
    return "\n".join(
        f"{name:{width}}  {span(query.ttl):>4}  {query.question}  [{', '.join(sorted(tables_read(query.sql)))}]"
        for name, query in catalogue().items()
    )


def explained(query: Query) -> str:
    """What is read and what runs for ``query``."""
    from warehouse.dialect import to_duckdb

    facts = tables_read(query.sql) & schema.facts().keys()
    read = columns_read(query.sql) or frozenset()
    columns = [f"  {table}: {', '.join(_columns(table, read))}" for table in sorted(tables_read(query.sql))]
    parts = [
        f"{query.name}: {query.question}",
        query.note,
        f"Parameters: {', '.join(f'{name} ({kind})' for name, kind in query.params.items()) or 'none'}",
        f"Fresh for {span(query.ttl)}. Cost: {_cost(query)}",
        "Covers the time that all of these reach: " + ", ".join(_reach(one) for one in sorted(query.evidence or facts))
        if facts
        else "Covers what is so now: it reads no table that grows",
        f"Looks back: {span(query.look_back)} before the first date" if query.look_back else "",
        f"May be absent: {', '.join(sorted(query.optional))}" if query.optional else "",
        "\n".join(["Reads:", *columns]),
        f"On Databricks:\n\n{query.sql}",
        f"On DuckDB:\n\n{to_duckdb(query.sql)[0]}",
    ]
    return "\n\n".join(part for part in parts if part)


def _columns(table: str, read: frozenset[str]) -> list[str]:
    return sorted(one.removeprefix(f"{table}.") for one in read if one.startswith(f"{table}."))


def _reach(table: str) -> str:
    lag = schema.tables()[table].usual_lag
    return f"{table} ({f'at most {span(lag)} behind' if lag else 'silence is normal'})"


def _cost(query: Query) -> str:
    try:
        from queries.checking.reads import cost_class, passes
    except ModuleNotFoundError:  # the deployed app does not carry the checks
        return "not known here"
    read = ", ".join(f"{table} {'once' if times == 1 else f'{times} times'}" for table, times in passes(query).items())
    return f"{cost_class(query)} ({read or 'reads no table that grows'})"


def _write(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m queries", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("check", "list", "reference", "schema"):
        commands.add_parser(name)
    commands.add_parser("explain").add_argument("name", choices=catalogue(), metavar="NAME")
    chosen = parser.parse_args(arguments)
    if chosen.command == "check":
        return check()
    if chosen.command == "explain":
        _write(explained(catalogue()[chosen.name]))
    elif chosen.command == "list":
        _write(listed())
    elif chosen.command == "schema":
        _write(json.dumps(Header.model_json_schema(), indent=2))
    else:
        _write(page())
    return 0


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
