"""The last good result of each question on disk, so that a restart before an unreachable warehouse still shows figures.

One file per question: a line of JSON (format, digest, when and how it was read), then an Arrow stream. Whatever is
not whole, not ours or of another format is removed and counts as absent. Text that may hold secrets is never written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from queries.catalogue import Query
from queries.kinds import COLUMNS
from warehouse.cache import Result
from warehouse.interface import Ask

VERSION = 1
MOST_FILES = 2_000
MOST_BYTES = 512 * 1024 * 1024
_NAME = re.compile(rf"([0-9a-f]{{64}})\.v{VERSION}")
_OURS = re.compile(r"[0-9a-f]{64}\.v\d+(\.part)?")
_SENSITIVE = (
    "statement_text", "query_text", "query_parameters", "error_message", "error_details", "errors", "request",
    "response", "request_params", "request_payload", "response_payload", "request_body", "response_body",
    "request_path", "prompt", "messages", "job_parameters", "task_parameters", "routine_body", "routine_definition",
    "view_definition",
)  # fmt: skip
_REFUSED = re.compile(rf"\b({'|'.join(_SENSITIVE)})\b", re.IGNORECASE)
_LOG = logging.getLogger("lakehelm.warehouse")


def may_keep(query: Query) -> bool:
    """Whether results of ``query`` may lie on disk: not when its SQL or its header names a column of people's text."""
    return not _REFUSED.search(query.sql) and not any(_REFUSED.fullmatch(name) for name in query.columns)


def key_of(source: str, query: Query, question: Ask) -> str:
    """The file's name: a digest of where, which query, with which parameters, in which wording."""
    params = [(name, type(value).__name__, str(value)) for name, value in question.params]
    identity = json.dumps([source, query.name, params, hashlib.sha256(query.sql.encode()).hexdigest()])
    return hashlib.sha256(identity.encode()).hexdigest()


class Snapshots:
    """The files in ``folder`` (0700, files 0600), at most ``most_files`` and ``most_bytes``, the oldest dropped first.

    Safe for threads. A disk that refuses is reported once and costs nothing but the snapshots.
    """

    def __init__(self, folder: Path, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_files = most_files
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._sizes: OrderedDict[str, int] = OrderedDict()  # oldest first
        self._bytes = 0
        self._reported = False
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            self._scan()
        except OSError as error:
            self._report(error)

    def __contains__(self, key: str) -> bool:
        return key in self._sizes

    def read(self, key: str, columns: Mapping[str, str]) -> Result | None:
        """The result under ``key`` if it is whole and has ``columns`` (name: kind)."""
        with self._lock:
            try:
                return _decoded(self._path(key).read_bytes(), columns)
            except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
                self._remove(key)
                return None

    def write(self, key: str, query: str, result: Result) -> None:
        """Keep ``result`` in place of what was under ``key``, in one step: a reader sees the old file or the new."""
        content = _encoded(query, result)
        if len(content) > self._most_bytes:
            return
        with self._lock:
            part = self._folder / f"{key}.v{VERSION}.part"
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
                with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
                    file.write(content)
                part.replace(self._path(key))
            except OSError as error:
                self._report(error)
                with suppress(OSError):
                    part.unlink(missing_ok=True)
                return
            self._count(key, len(content))

    def _count(self, key: str, size: int) -> None:
        self._bytes += size - self._sizes.pop(key, 0)
        self._sizes[key] = size
        while len(self._sizes) > self._most_files or self._bytes > self._most_bytes:
            self._remove(next(iter(self._sizes)))

    def _scan(self) -> None:
        """Learn what earlier processes left; remove their unfinished files and other formats. Strange files stay."""
        found: list[tuple[float, str, int]] = []
        for path in self._folder.iterdir():
            if name := _NAME.fullmatch(path.name):
                status = path.stat()
                found.append((status.st_mtime, name[1], status.st_size))
            elif _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)
        for _, key, size in sorted(found):
            self._count(key, size)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.v{VERSION}"

    def _remove(self, key: str) -> None:
        self._bytes -= self._sizes.pop(key, 0)
        with suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def _report(self, error: OSError) -> None:
        if not self._reported:
            self._reported = True
            _LOG.warning("snapshots of results cannot be kept: %s", type(error).__name__)


def _encoded(query: str, result: Result) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
    with pa.ipc.new_stream(sink, result.table.schema, options=options) as writer:
        writer.write_table(result.table)
    body: bytes = sink.getvalue().to_pybytes()
    head = {
        "version": VERSION,
        "digest": hashlib.sha256(body).hexdigest(),
        "query": query,
        "read_at": result.read_at.isoformat(),
        "seconds": result.seconds,
        "notes": result.notes,
    }
    return json.dumps(head).encode() + b"\n" + body


def _decoded(content: bytes, columns: Mapping[str, str]) -> Result:
    """The result in ``content``; raises ``ValueError`` and its like when anything is amiss."""
    line, _, body = content.partition(b"\n")
    head = json.loads(line)
    if head["version"] != VERSION or head["digest"] != hashlib.sha256(body).hexdigest():
        raise ValueError("not whole")
    table = pa.ipc.open_stream(body).read_all()
    if {field.name: field.type for field in table.schema} != {name: COLUMNS[kind] for name, kind in columns.items()}:
        raise ValueError("the columns have changed")
    read_at = dt.datetime.fromisoformat(head["read_at"])
    if read_at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return Result(table, read_at, float(head["seconds"]), tuple(map(str, head["notes"])))
