"""Every setting of Lakehelm, typed, read once from the environment.

A setting is a field of :class:`Settings`; its variable is ``LAKEHELM_`` + the field's name in capitals, its
documentation is the field's ``doc``. The Databricks Apps platform variables are read under their own names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import setting_values

Profile = Literal["embedded", "databricks"]
ROOT = Path(__file__).resolve().parent
# Money, and what counts as what: a proposal may change these (actions/kinds/setting_change.py).
Changeable = Literal[
    "cost_center_tags", "team_tags", "environment_tags", "limits", "zone", "hourly_rate", "monthly_budget", "token_budgets",
    "token_prices",
]  # fmt: skip


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
    pg_host: str = _setting("", "Host of the Lakebase endpoint; empty: it is asked of the workspace.", "PGHOST")
    pg_port: int = _setting(5432, "Its port.", "PGPORT")
    pg_database: str = _setting("databricks_postgres", "Its database.", "PGDATABASE")
    pg_user: str = _setting(
        "", "The role that signs in; empty: the service principal, else who the token is.", "PGUSER"
    )
    pg_sslmode: str = _setting("require", "How the connection is encrypted, in the words of libpq.", "PGSSLMODE")
    pg_endpoint: str = _setting(
        "",
        "Path of the Lakebase endpoint (`projects/…/endpoints/…`) of the app's own tables when `store_url` is empty.",
    )
    pg_schema: str = _setting("lakehelm", "Schema of the app's own tables there; made at the first start.")
    sql_transport: Literal["connector", "rest"] = _setting(
        "connector", "Databricks transport: `connector` (Thrift) or `rest` (Statement Execution API)."
    )
    cloud_fetch: bool = _setting(
        True,
        "Large results come straight from the cloud's storage; `false`: through the warehouse (`rest`: at most 25 MiB each).",
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
    cost_center_tags: str = _setting(
        "cost_center,cost_centre",
        "Tag keys that mean a cost centre, separated by commas (`%2C` within one). Capitals, blanks and `_ - . : /` do not count.",
    )
    team_tags: str = _setting("team", "Tag keys that mean a team, written likewise.")
    environment_tags: str = _setting("environment,env", "Tag keys that mean an environment, written likewise.")
    limits: str = _setting(
        setting_values.LIMITS,
        "Where the Overview says Watch and Act: `dimension=watch:act`, separated by commas; a dimension that is not named keeps "
        "its default. Shares are between 0 and 1 (`finops`: the rise against the usual day), `dataops` and `governanceops` "
        "count, `userops` is hours.",
    )
    zone: str = _setting("UTC", "Time zone (such as `Europe/Berlin`) for people whose browser names none.")
    hourly_rate: str = _setting(
        "", "What an hour lost waiting costs, as agreed: `95 EUR`. Empty: hours are not shown as money."
    )
    monthly_budget: str = _setting(
        "",
        "What the whole account may cost a month: `170000 USD`, or `170000 USD net` where net prices are meant. Empty: no budget.",
    )
    token_budgets: str = _setting(
        "",
        "How many tokens a month, each or by name: `person=20M,team=200M,endpoint:main.agents.bot=1G`, with commas between them; "
        "`service` is a service principal. One that is named goes before. Empty: no budget.",
    )
    token_prices: str = _setting(
        setting_values.PRICES,
        "What a token costs against one of fresh input, by a word in the model's name: `model=written:read:output` (to a "
        "cache, from one, answered with its reasoning), with commas between them; `other` is all else. "
        "Default: the providers' list prices as of November 2026.",
    )
    start_pages: str = _setting(
        "governance-approvers=governanceops,ml-approvers=mlops,finops-approvers=finops,data-approvers=dataops",
        "Where people begin by group: `group=page`, separated by commas; of several pages, at the Overview. What waits goes first.",
    )
    people_days: int = _setting(
        400,
        "Days after which what names people goes from the app's own tables, but for the ledger and what proves it; 0: never.",
    )
    policy: Path = _setting(
        ROOT / "policies" / "default.yaml", "The policy: who must agree to what, when, how much at once."
    )
    dev_user: str = _setting("local", "Name of the local user; shown as `dev:<name>`.")
    local: bool = _setting(
        False, "`true` lets the local user of a laptop read a real warehouse; ignored inside Databricks Apps."
    )
    workers: int = _setting(
        1,
        "Executors in the app's own process; 0 where `python -m actions worker` runs elsewhere. Local users: embedded only.",
    )
    webhooks: str = _setting(
        "", "Where messages go: `channel=https://…`, separated by commas; channels not named are kept in the app."
    )
    checkpoints: str = _setting(
        "",
        "Where the ledger's checkpoints go: a volume (`/Volumes/…`, through the Files API) or a folder; empty means under `home`.",
    )
    ledger_key: str = _setting(
        "",
        "Private ed25519 key (PEM) that signs the checkpoints; empty: `ledger.key` under `home`, which only a laptop makes by itself.",
        secret=True,
    )
    experiment: str = _setting("", "MLflow experiment of agents' traces; `off`: none.", "MLFLOW_EXPERIMENT_ID")
    narrative_endpoint: str = _setting(
        "",
        "Serving endpoint of a chat model that puts agents' reasons into words, checked against their evidence. Empty: none.",
    )
    trace_table: str = _setting("", "View of MLflow's traces: `catalog.schema.<prefix>_trace_unified`. Empty: none.")
    app_name: str = _setting("", "Set by Databricks Apps: then nobody is a local user.", "DATABRICKS_APP_NAME")
    app_url: str = _setting(
        "", "Address of the app, set by Databricks Apps: pages of it may decide.", "DATABRICKS_APP_URL"
    )

    @property
    def tags(self) -> dict[str, str]:
        """The tag keys by what they mean, as :mod:`queries.filters` calls it."""
        return {"cost_center": self.cost_center_tags, "team": self.team_tags, "environment": self.environment_tags}

    @property
    def watch_and_act(self) -> dict[str, tuple[float, float]]:
        """Where Watch begins and where Act, by the key of the dimension; see `limits`."""
        return {**setting_values.limits(setting_values.LIMITS), **setting_values.limits(self.limits)}

    @property
    def rate(self) -> tuple[Decimal, str] | None:
        """What an hour costs and in which currency; None where nothing is agreed."""
        return setting_values.rate(self.hourly_rate)

    @property
    def budget(self) -> tuple[Decimal, str, str] | None:
        """What a month may cost, in which currency, at which prices (`list` or `net`); None where nothing is set."""
        return setting_values.budget(self.monthly_budget)

    @property
    def of_tokens(self) -> tuple[setting_values.TokenBudget, ...]:
        """How many tokens a month, see `token_budgets`."""
        return setting_values.token_budgets(self.token_budgets)

    @property
    def relations(self) -> dict[str, setting_values.Relation]:
        """How prices of tokens relate, by a word in the model's name; see `token_prices`."""
        return setting_values.token_prices(self.token_prices)

    @property
    def store(self) -> str:
        """SQLAlchemy URL of the app's own tables, where a URL is all it takes: not on Lakebase (:attr:`lakebase`)."""
        return self.store_url or f"sqlite:///{self.home / 'store.sqlite'}"

    @property
    def checkpoint_folder(self) -> Path:
        """Where the ledger's checkpoints lie: on a laptop beside the database."""
        return Path(self.checkpoints) if self.checkpoints else self.home / "checkpoints"

    @property
    def checkpoint_volume(self) -> str:
        """The volume that keeps the checkpoints; empty where it is a folder."""
        return self.checkpoints if self.checkpoints.startswith("/Volumes/") else ""

    @property
    def lakebase(self) -> bool:
        """Whether the app's own tables are on Lakebase, where passwords are minted: a URL of one's own wins."""
        return bool(self.pg_endpoint and not self.store_url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be shown or logged."""
        return tuple(filter(None, (str(getattr(self, f.name)) for f in fields(self) if not f.repr)))

    @property
    def local_user(self) -> str | None:
        """Who sits before a laptop, marked `dev:`; None where people must prove who they are."""
        return f"dev:{self.dev_user}" if not self.app_name and (self.local or self.profile == "embedded") else None

    @property
    def makes_its_key(self) -> bool:
        """Whether a key that signs the ledger may be made here: one that is new at every start proves nothing."""
        return self.profile == "embedded" or self.local_user is not None

    @property
    def may_act(self) -> bool:
        """Whether actions may be carried out at all: never for a local user, whom nobody checked, on a real workspace."""
        return self.profile == "embedded" or self.local_user is None


def variable_of(name: str) -> str:
    """The environment variable that sets field ``name``."""
    meta = next(f.metadata for f in fields(Settings) if f.name == name)
    return str(meta["variable"] or f"LAKEHELM_{name.upper()}")


def source_of(name: str, environment: Mapping[str, str]) -> Literal["default", "environment"]:
    """Where the value of field ``name`` comes from; an empty variable means the default."""
    return "environment" if environment.get(variable_of(name)) else "default"


# What a value must say, besides being of its type.
_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "cost_center_tags": setting_values.tag_keys, "team_tags": setting_values.tag_keys, "environment_tags": setting_values.tag_keys,
    "limits": setting_values.limits, "zone": setting_values.zone, "hourly_rate": setting_values.rate,
    "monthly_budget": setting_values.budget,
    "token_budgets": setting_values.token_budgets, "token_prices": setting_values.token_prices,
    "trace_table": setting_values.full_name, "people_days": setting_values.kept_days,
}  # fmt: skip


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
        if not (raw := environment.get(variable_of(f.name))):
            continue
        assert f.default is not MISSING
        try:
            values[f.name] = _typed(f.default, raw)
        except ValueError as error:
            raise ValueError(f"{variable_of(f.name)}={raw!r} is not a {type(f.default).__name__}") from error
    made = Settings(**values)
    if made.profile not in ("embedded", "databricks"):
        raise ValueError(f"LAKEHELM_PROFILE must be embedded or databricks, not {made.profile!r}")
    for name, check in _CHECKS.items():
        if name in values:
            try:
                check(values[name])
            except ValueError as error:
                raise ValueError(f"{variable_of(name)}={values[name]!r}: {error}") from error
    return made


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return from_environment(os.environ)
