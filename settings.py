"""Every setting of Lakehelm, typed, read once from the environment.

A setting is a field of :class:`Settings`; its variable is ``LAKEHELM_`` + the field's name in capitals, its
documentation is the field's ``doc``. The Databricks Apps platform variables are read under their own names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

Profile = Literal["embedded", "databricks"]
ROOT = Path(__file__).resolve().parent


def _setting(default: Any, doc: str, variable: str | None = None, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"doc": doc, "variable": variable})


@dataclass(frozen=True)
class Settings:
    """The process's configuration; build it with :func:`settings` or, in tests, directly."""

    profile: Profile = _setting("embedded", "`embedded` (synthetic lakehouse on this machine) or `databricks`.")
    home: Path = _setting(ROOT / ".lakehelm", "Folder for the embedded lakehouse, snapshots and the SQLite store.")
    scale: float = _setting(1.0, "Size of the synthetic organisation: 0.1, 1, 10 or 100.")
    seed: int = _setting(7, "Seed of the synthetic organisation.")
    store_url: str = _setting("", "SQLAlchemy URL of the app's own tables; empty means SQLite under `home`.")
    sql_transport: Literal["connector", "rest"] = _setting(
        "connector", "Databricks transport: `connector` (Thrift) or `rest` (Statement Execution API)."
    )
    host: str = _setting("", "Workspace URL (databricks profile).", "DATABRICKS_HOST")
    warehouse_id: str = _setting("", "SQL warehouse that answers the queries.", "DATABRICKS_WAREHOUSE_ID")
    client_id: str = _setting("", "Service principal that reads.", "DATABRICKS_CLIENT_ID")
    client_secret: str = _setting("", "Its OAuth secret.", "DATABRICKS_CLIENT_SECRET", secret=True)
    token: str = _setting(
        "", "Personal access token, when no service principal is set.", "DATABRICKS_TOKEN", secret=True
    )
    query_timeout: float = _setting(60.0, "Seconds after which a statement is cancelled.")
    query_threads: int = _setting(16, "Queries in flight at once.")
    cache_bytes: int = _setting(256 * 1024 * 1024, "Memory the result cache may hold, bytes of Arrow.")
    dev_user: str = _setting("local", "Name of the local user; shown as `dev:<name>`.")
    local: bool = _setting(
        False, "`true` lets the local user of a laptop read a real warehouse; ignored inside Databricks Apps."
    )
    app_name: str = _setting("", "Set by Databricks Apps: then nobody is a local user.", "DATABRICKS_APP_NAME")

    @property
    def store(self) -> str:
        """SQLAlchemy URL of the app's own tables."""
        return self.store_url or f"sqlite:///{self.home / 'store.sqlite'}"

    @property
    def local_user(self) -> str | None:
        """Who sits before a laptop, marked `dev:`; None where people must prove who they are."""
        laptop = not self.app_name and (self.local or self.profile == "embedded")
        return f"dev:{self.dev_user}" if laptop else None


def variable_of(name: str) -> str:
    """The environment variable that sets field ``name``."""
    meta = next(f.metadata for f in fields(Settings) if f.name == name)
    return str(meta["variable"] or f"LAKEHELM_{name.upper()}")


def _typed(default: Any, raw: str) -> Any:
    if isinstance(default, bool):
        if raw.lower() not in ("true", "false", "1", "0"):
            raise ValueError(raw)
        return raw.lower() in ("true", "1")
    return Path(raw) if isinstance(default, Path) else type(default)(raw)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from ``environment``; unknown values raise ``ValueError`` naming the variable."""
    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = environment.get(variable_of(f.name))
        if raw is None or raw == "":
            continue
        assert f.default is not MISSING
        try:
            values[f.name] = _typed(f.default, raw)
        except ValueError as error:
            raise ValueError(f"{variable_of(f.name)}={raw!r} is not a {type(f.default).__name__}") from error
    made = Settings(**values)
    if made.profile not in ("embedded", "databricks"):
        raise ValueError(f"LAKEHELM_PROFILE must be embedded or databricks, not {made.profile!r}")
    return made


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return from_environment(os.environ)
