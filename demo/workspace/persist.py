"""The workspace on disk: every object that was changed and every effect, so that both survive the end of the process."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from demo.workspace.state import Effect, Json, Seed

VERSION = 1  # raise it when the shape of objects changes: what was kept is then forgotten
TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (collection TEXT, id TEXT, value TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS effects (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


class Journal:
    """The file at ``path`` for the organisation of ``seed`` and ``scale``; one of another organisation is begun anew.
    Commits are atomic and survive a kill of the process. The caller sees to it that one thread at a time uses it."""

    def __init__(self, path: Path, seed: int, scale: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(TABLES)
        made_from = json.dumps([VERSION, seed, scale])
        self.began_anew = self.fact("made_from") != made_from
        if self.began_anew:
            self._connection.executescript(
                "BEGIN; DELETE FROM objects; DELETE FROM effects; DELETE FROM facts; COMMIT;"
            )
            self.note("made_from", made_from)

    def fact(self, name: str) -> str | None:
        """A word that was noted under ``name``."""
        found = self._connection.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return str(found[0]) if found else None

    def note(self, name: str, value: str) -> None:
        """Keep a word under ``name``."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value])

    def laid_over(self, objects: Seed) -> list[Effect]:
        """Put what was kept into ``objects``; the effects in their order."""
        for collection, identifier, value in self._connection.execute("SELECT collection, id, value FROM objects"):
            if value is None:
                objects.get(collection, {}).pop(identifier, None)
            else:
                objects.setdefault(collection, {})[identifier] = json.loads(value)
        rows = self._connection.execute("SELECT body FROM effects ORDER BY number").fetchall()
        return [_effect(json.loads(body)) for (body,) in rows]

    def commit(self, changed: Mapping[tuple[str, str], Json | None], effects: Iterable[Effect]) -> None:
        """Keep objects (None: removed) and further effects, all or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?)",
                [(*key, None if value is None else json.dumps(value)) for key, value in changed.items()],
            )
            self._connection.executemany(
                "INSERT INTO effects (body) VALUES (?)", [(json.dumps(_body(one)),) for one in effects]
            )
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Release the file."""
        self._connection.close()


def _body(effect: Effect) -> list[object]:
    return [effect.action, effect.type, effect.id, effect.at.isoformat(), effect.by, effect.workspace_id, effect.detail]


def _effect(body: list[object]) -> Effect:
    action, kind, identifier, at, by, workspace, detail = body
    assert isinstance(detail, dict)
    moment = dt.datetime.fromisoformat(str(at))
    return Effect(str(action), str(kind), str(identifier), moment, str(by), str(workspace), detail)
