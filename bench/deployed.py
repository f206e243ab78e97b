"""What the app finds where it is deployed: a Postgres that asks for a password, a workspace with its SQL warehouse, the
variables of Databricks Apps, and the command of ``app.yaml``. All of it on loopback, with synthetic data."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from approvals.store.store import Store
from bench.postgres import Database, database_in
from bench.serving import ROOT, healthy
from demo.emulator.serve import shown
from demo.emulator.server import WAREHOUSE, Emulator
from demo.lakehouse import built
from demo.names import PROD
from demo.organisation import found
from demo.workspace.files import deployed_volume
from demo.workspace.lakebase import ENDPOINT, endpoint
from demo.workspace.people import APP, APP_SECRET
from demo.workspace.state import Effect, Json, Request, State
from demo.workspace.workspace import ROUTES, EmulatedWorkspace, made

NAME, URL = "lakehelm-rehearsal", "https://lakehelm-rehearsal.apps.example"
DATABASE, SCHEMA = "databricks_postgres", "lakehelm"
LEDGER_KEY = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
VOLUME = "main.lakehelm_rehearsal.checkpoints"
RESOURCES = {
    "sql-warehouse": WAREHOUSE, "postgres": ENDPOINT, "ledger-key": LEDGER_KEY,
    "checkpoints": f"/Volumes/{VOLUME.replace('.', '/')}",
}  # what valueFrom yields  # fmt: skip
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")  # of this process's variables


@dataclass
class Started:
    """A process of the deployment: an app has a ``url``."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def said(self, most: int = 3000) -> str:
        return self.log.read_text(errors="replace")[-most:]

    def end(self, number: int = signal.SIGTERM, patience: float = 20.0) -> tuple[int, float]:
        """Send the signal and wait: exit code and seconds; killed (and so said by the code) when patience is over."""
        began = time.monotonic()
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.returncode, time.monotonic() - began


@dataclass
class Deployed:
    """The surroundings; ``store`` looks at the app's tables as the database's superuser."""

    folder: Path
    database: Database
    emulator: Emulator
    workspace: EmulatedWorkspace
    store: Store
    minted: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.workspace.state

    def effects(self) -> list[Effect]:
        """What was really done by the app's principal."""
        with self.state.lock:
            return [one for one in self.state.effects if one.by == APP]

    def member(self, group: str, place: int = 0) -> Json:
        """A user of the workspace by group."""
        there = next(g for g in self.state.objects["groups"].values() if g["displayName"] == group)
        people = self.state.objects["users"]
        user: Json = [people[one["value"]] for one in there["members"] if one["value"] in people][place]
        return user

    def groups(self, user: Json) -> frozenset[str]:
        every = self.state.objects["groups"].values()
        return frozenset(g["displayName"] for g in every if {"value": user["id"]} in g["members"])

    def variables(self, port: int, home: Path, source: Path = ROOT, **more: str) -> dict[str, str]:
        """What Databricks Apps sets, then what ``app.yaml`` says; ``LAKEHELM_HOME`` is a folder of this run."""
        own = {name: os.environ[name] for name in KEPT if name in os.environ}
        own |= {
            "DATABRICKS_APP_NAME": NAME,
            "DATABRICKS_APP_URL": URL,
            "DATABRICKS_WORKSPACE_ID": PROD,
            "DATABRICKS_HOST": self.emulator.url,
            "DATABRICKS_APP_PORT": str(port),
            "PORT": str(port),
            "DATABRICKS_CLIENT_ID": APP,
            "DATABRICKS_CLIENT_SECRET": APP_SECRET,
            "PYTHONUNBUFFERED": "1",
            "UVICORN_HOST": "0.0.0.0",
            "UVICORN_PORT": str(port),
            "FLASK_RUN_HOST": "0.0.0.0",
            "FLASK_RUN_PORT": str(port),
            "GRADIO_SERVER_NAME": "0.0.0.0",
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_ANALYTICS_ENABLED": "false",
            "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
            "STREAMLIT_SERVER_PORT": str(port),
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
            "STREAMLIT_SERVER_ENABLE_CORS": "false",
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            "PGAPPNAME": NAME,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.database.port),
            "PGDATABASE": DATABASE,
            "PGUSER": APP,
            "PGSSLMODE": "disable",  # the Postgres of the wheel knows no TLS
        }
        told = yaml.safe_load((source / "app.yaml").read_text())["env"]
        own |= {one["name"]: one["value"] if "value" in one else RESOURCES[one["valueFrom"]] for one in told}
        return own | {"LAKEHELM_HOME": str(home)} | more

    def start_app(self, name: str, port: int, python: Path, source: Path = ROOT, **more: str) -> Started:
        """The app by the command of ``app.yaml``, found beside ``python``; it may not answer yet."""
        command = yaml.safe_load((source / "app.yaml").read_text())["command"]
        variables = self.variables(port, self.folder / name, source, **more)
        words = [str(one).replace("$DATABRICKS_APP_PORT", str(port)) for one in command]
        started = self._start(name, [str(python.parent / words[0]), *words[1:]], variables, python, source)
        started.url = f"http://127.0.0.1:{port}"
        return started

    def start_worker(self, name: str, python: Path, **more: str) -> Started:
        """``python -m actions worker`` with the app's variables."""
        variables = self.variables(0, self.folder / name, ROOT, **more)
        return self._start(name, [str(python), "-m", "actions", "worker"], variables, python, ROOT)

    def _start(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], python: Path, source: Path
    ) -> Started:
        log = self.folder / f"{name}.log"
        path = f"{python.parent}{os.pathsep}{variables.get('PATH', '')}"
        with log.open("ab") as output:
            process = subprocess.Popen(
                list(command), cwd=source, env=dict(variables) | {"PATH": path}, stdout=output, stderr=output
            )
        return Started(process, log)


def wait_healthy(app: Started, patience: float = 120.0) -> float:
    """Seconds until it answered; raises ``RuntimeError`` with the end of its log."""
    began = time.monotonic()
    while not healthy(app.url):
        if not app.lives or time.monotonic() - began > patience:
            raise RuntimeError(f"the app did not start:\n{app.said()}")
        time.sleep(0.05)
    return time.monotonic() - began


def forwarded(user: Json, request: str = "rehearsal") -> dict[str, str]:
    """What the platform's proxy says of a person who opened the app by its address, user authorization being on."""
    return {
        "X-Forwarded-Email": user["userName"],
        "X-Forwarded-User": f"{user['id']}@1",
        "X-Request-Id": request,
        "X-Forwarded-Preferred-Username": user["userName"],
        "X-Forwarded-Host": URL.removeprefix("https://"),
        "X-Real-Ip": "203.0.113.7",
        "X-Forwarded-Access-Token": f"user-token-{user['id']}",
        "Origin": URL,
    }


@contextmanager
def deployed(folder: Path, lakehouse: Path, *, many: bool = False) -> Iterator[Deployed]:
    """The surroundings of an app that reads ``lakehouse``, in ``folder``. ``many``: several processes sign in at the same
    time, so the workspace gives them all the same password, because a role of Postgres has only one."""
    facts = built(lakehouse) or {}
    workspace, world = made(facts["seed"], facts["scale"], dt.datetime.fromisoformat(facts["now"]))
    deployed_volume(workspace.state, VOLUME, APP)
    place = folder / "postgres"
    place.mkdir(parents=True)
    database = database_in(place)
    try:
        database.admin(f'CREATE ROLE "{APP}" LOGIN')
        database.admin(f'CREATE DATABASE "{DATABASE}"')
        database.admin(f'GRANT CONNECT, CREATE ON DATABASE "{DATABASE}" TO "{APP}"')
        database.admin("REVOKE CREATE ON SCHEMA public FROM PUBLIC", DATABASE)
        minted: list[str] = []

        def give(_endpoint: str, password: str, ends: dt.datetime) -> None:
            minted.append(password)
            database.admin(f"""ALTER ROLE "{APP}" PASSWORD '{password}' VALID UNTIL '{ends.isoformat()}'""")

        if many:
            workspace = _one_password(workspace, give)
        else:
            workspace.state.logins.append(give)
        engine = sa.create_engine(database.url(DATABASE, SCHEMA), pool_pre_ping=True)
        with (
            Emulator(lakehouse, workspace=workspace) as emulator,
            shown(workspace, world, lakehouse.parent, emulator.urls),
        ):
            yield Deployed(folder, database, emulator, workspace, Store(engine), minted)
        engine.dispose()
    finally:
        with suppress(Exception):
            database.stop()


def _one_password(workspace: EmulatedWorkspace, give: Any) -> EmulatedWorkspace:
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    give("", password := f"shared-{secrets.token_urlsafe(24)}", ends)

    def credential(state: State, request: Request) -> Json:
        endpoint(state, request, str(request.body.get("endpoint") or ""))
        return {"token": password, "expire_time": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}

    own = ("POST", r"/api/2\.0/postgres/credentials", credential)
    return EmulatedWorkspace(workspace.state, routes=(own, *ROUTES))


def organisation(lakehouse: Path) -> Any:
    """The organisation that the lakehouse is of."""
    facts = built(lakehouse) or {}
    now = dt.datetime.fromisoformat(facts["now"]).replace(minute=0, second=0, microsecond=0)
    return found(facts["seed"], facts["scale"], now)
