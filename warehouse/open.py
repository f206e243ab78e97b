"""Which warehouse answers, chosen once from the settings, and the one reader of this process before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

import pyarrow as pa

from queries import own_tables
from queries.catalogue import catalogue, name_tags
from queries.folding import parted
from queries.kinds import Param
from settings import Settings
from warehouse.errors import Unreachable
from warehouse.interface import Warehouse
from warehouse.news import News
from warehouse.reader import Reader

_LOCK = threading.Lock()
_READERS: dict[Settings, Reader] = {}
_NEWS: list[News] = []


def open_warehouse(settings: Settings) -> Warehouse:
    """The embedded lakehouse (``home/lakehouse.duckdb``) or the SQL warehouse over the chosen transport."""
    _name_tables(settings)
    if settings.profile == "embedded":
        from warehouse.embedded import Embedded

        return Embedded(settings.home / "lakehouse.duckdb")
    if settings.sql_transport == "rest":
        from warehouse.rest import Rest

        return Rest(settings)
    from warehouse.connector import Connector

    return Connector(settings)


class Deferred:
    """A warehouse that is opened by the first question: what cannot be opened yet is an answer like any other failure,
    and the next question tries again."""

    def __init__(self, name: str, opening: Callable[[], Warehouse]) -> None:
        self.name = name
        self._opening = opening
        self._lock = threading.Lock()
        self._warehouse: Warehouse | None = None
        self._closed = False

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        """As :meth:`warehouse.interface.Warehouse.fetch`; also raises what opening raises."""
        return self._opened().fetch(sql, params, tags=tags, timeout=timeout)

    def prepare(self) -> None:
        """Open it, as far as that is possible now."""
        with suppress(Exception):
            self._opened().prepare()

    def close(self) -> None:
        """Close it if it was opened; it stays closed."""
        with self._lock:
            self._closed = True
            opened, self._warehouse = self._warehouse, None
        if opened is not None:
            opened.close()

    def _opened(self) -> Warehouse:
        with self._lock:
            if self._closed:
                raise Unreachable("the app is stopping")
            if self._warehouse is None:
                self._warehouse = self._opening()
            return self._warehouse


def open_reader(settings: Settings, clock: Callable[[], dt.datetime]) -> Reader:
    """The reader of this process for ``settings``, the same at every call, with the first call's ``clock`` (UTC)."""
    with _LOCK:
        if settings not in _READERS:
            _name(settings)
            reader = _READERS[settings] = Reader(
                Deferred(settings.profile, lambda: open_warehouse(settings)),
                catalogue(),
                clock=clock,
                threads=settings.query_threads,
                timeout=settings.query_timeout,
                cache_bytes=settings.cache_bytes,
                snapshots=settings.home / "snapshots" / _source(settings),
            )
            if settings.profile == "embedded":
                _NEWS.append(News(settings.home / "overlay", catalogue(), reader.invalidate))
        return _READERS[settings]


def name_again(settings: Settings) -> None:
    """Tags mean now what ``settings`` say: every reader of this process asks its questions in the new wording, and shows
    nothing that it read in the old one."""
    with _LOCK:
        before = catalogue()
        _name(settings)
        if catalogue() is not before:
            for reader in _READERS.values():
                reader.renew(catalogue())


def _name(settings: Settings) -> None:
    name_tags(**{means: parted(keys) for means, keys in settings.tags.items()})
    _name_tables(settings)


def _name_tables(settings: Settings) -> None:
    own_tables.name_traces("" if settings.profile == "embedded" else settings.trace_table)


def close_readers() -> None:
    """Close what :func:`open_reader` opened; the next call opens anew."""
    with _LOCK:
        readers, news = list(_READERS.values()), list(_NEWS)
        _READERS.clear()
        _NEWS.clear()
    for one in news:
        one.stop()
    for reader in readers:
        reader.close()


def _source(settings: Settings) -> str:
    """A folder name of its own for each place that answers: synthetic figures must never pass for real ones."""
    lakehouse = settings.home / "lakehouse.duckdb"
    place = (
        ("embedded", lakehouse.stat().st_mtime_ns if lakehouse.exists() else 0)
        if settings.profile == "embedded"
        else (settings.host.rstrip("/"), settings.warehouse_id, *filter(None, [settings.trace_table]))
    )
    return hashlib.sha256(repr(place).encode()).hexdigest()[:16]
