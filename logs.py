"""Logs as one JSON object a line on standard output, each with the id of the request it belongs to, without secrets,
statements and values."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from settings import from_environment

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
MOST = 4_000  # characters of a message or a trace
_KNOWN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_OURS = "lakehelm-json"
_LOUD = "databricks.sql"  # tells every try; what fails in the end is told by who asked
_SECRETS: set[str] = set()
_LOCK = threading.Lock()

# What tools write of a statement and its values begins with one of these and goes to the end.
_STATEMENT = re.compile(r"\[SQL:|\[parameters:|== SQL|\bLINE \d+:|\bStatement:", re.IGNORECASE)
_SHAPES = re.compile(
    r"(?P<keep>\bBearer\s+|\bBasic\s+|(?:password|passwd|pwd|secret|token|api[_-]?key|authorization)[\w-]*[\"']?\s*[:=]\s*[\"']?(?:Bearer\s+|Basic\s+)?)[^\s\"',;&)]+"
    r"|(?P<url>://[^/\s:@]+:)[^@\s/]+(?=@)"
    r"|(?P<word>\b(?:token|secret|password)\s+)(?=[^\s\"']*\d)[^\s\"']{6,}"
    r"|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
    r"|\bdapi[\w-]{6,}|\bdose[0-9a-f]{16,}|\bpostgres-token-[\w-]+",
    re.IGNORECASE,
)


def known_id(said: str | None) -> str:
    """The id that came with the request when it looks like one, else a new one."""
    return said if said and _KNOWN_ID.fullmatch(said) else uuid.uuid4().hex


def keep_secret(values: Iterable[str]) -> None:
    """Never write these, whatever stands around them."""
    with _LOCK:
        _SECRETS.update(value for value in values if len(value) >= 6)


def redacted(text: str) -> str:
    """``text`` without known secrets, what looks like one, and statements with their values."""
    with _LOCK:
        known = sorted(_SECRETS, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, "[secret]")
    cut = "\n".join(_without_statement(line) for line in _blocks(text))
    return _SHAPES.sub(lambda m: (m["keep"] or m["url"] or m["word"] or "") + "[secret]", cut)[:MOST]


def _blocks(text: str) -> list[str]:
    """The text up to a statement, and what comes after it where a trace goes on."""
    blocks, inside = [], False
    for line in text.split("\n"):
        if inside and not re.match(
            r'\s*(File "|Traceback|During handling|The above exception|\w[\w.]*(Error|Exception)\b)', line
        ):
            continue
        inside = bool(_STATEMENT.search(line))
        blocks.append(line)
    return blocks


def _without_statement(line: str) -> str:
    found = _STATEMENT.search(line)
    return line if found is None else line[: found.start()] + "[statement]"


class JsonLines(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message, request_id, and error with its trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname, "logger": record.name, "message": redacted(_message(record)),
        }  # fmt: skip
        if request := REQUEST_ID.get():
            told["request_id"] = request
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def install(secrets: Iterable[str] = (), out: TextIO | None = None) -> None:
    """Let every logger of the process write through :class:`JsonLines`, those of Streamlit and its server too."""
    keep_secret(secrets)
    handler = logging.StreamHandler(out or sys.stdout)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: not record.name.startswith(_LOUD) or record.levelno >= logging.CRITICAL)
    handler.set_name(_OURS)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("streamlit", "uvicorn", "websockets"):
            _through_root(logging.getLogger(name))
    for quiet in ("httpx", "urllib3", "databricks", "sqlalchemy", "alembic", "asyncio"):
        logging.getLogger(quiet).setLevel(logging.WARNING)


def install_for_command() -> None:
    """:func:`install` for a command: what it prints is its own, so the log goes to standard error. Settings that cannot
    be read are told by whoever needs them."""
    try:
        secrets = from_environment(os.environ).secrets
    except ValueError:
        secrets = ()
    install(secrets, sys.stderr)


def _through_root(logger: logging.Logger) -> None:
    """Streamlit gives each of its loggers a handler of its own, and a new one when its settings are read."""
    logger.handlers = []
    logger.propagate = True
    logger.addHandler = lambda hdlr: None  # type: ignore[method-assign]
