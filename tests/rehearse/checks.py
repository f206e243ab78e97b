"""What a rehearsed deployment must do. Each check says what it found and how long it took; one that fails does not stop
the others, unless they stand on it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from approvals.ledger.ledger_report import said
from approvals.reading.ledger_export import verify_store
from bench.deployed import Deployed, Started, deployed, forwarded, wait_healthy
from bench.forwarded import tab
from bench.serving import free_port, healthy, serve
from demo.lakehouse import build
from pages.map import pages
from tests.rehearse.loop import carried_out, decided, draft_for, proposed
from tests.rehearse.rows import same_rows
from tests.rehearse.source import upload

SECOND = {"id": "rehearsal.second", "risk_from": 1, "when": {"kind": ["tag.set"]},
          "seats": [{"id": "rehearsal", "groups": ["lakehelm-admins"]}], "why": "The rehearsal wants two people."}  # fmt: skip
AWAY = "own database does not answer"
STOPS_WITHIN = 15.0  # seconds between SIGTERM and SIGKILL of the platform
_TIMES = re.compile(r"\b\d{1,2}\\?:\d{2}(?::\d{2})?\b|\b\d+ (?:s|seconds?|min|minutes?) ago\b|\bnow\b|just now")
_WAITS = re.compile(r"(?:\d+ waiting|nothing waits)")  # gives way to the number of proposals, which is the store's
_IDS = re.compile(r"[0-9a-f]{16,}|\$\$ID-[^\"]*")


@dataclass
class Check:
    """One line of the table."""

    name: str
    ok: bool
    what: str
    seconds: float


@dataclass
class Table:
    """The checks so far; ``show`` is told of each as soon as it is known."""

    show: Callable[[Check], object]
    checks: list[Check] = field(default_factory=list)

    def __call__(self, name: str, look: Callable[[], tuple[bool, str]]) -> bool:
        began = time.monotonic()
        try:
            ok, what = look()
        except Exception as error:
            ok, what = False, f"{type(error).__name__}: {error}"
        self.checks.append(Check(name, ok, what, time.monotonic() - began))
        self.show(self.checks[-1])
        return ok

    @property
    def well(self) -> bool:
        return all(one.ok for one in self.checks)


def rehearse(folder: Path, python: Path, table: Table, *, undo: str = "") -> None:
    """All checks of the app run by ``python``, its data in ``folder``, which is empty. The policy is as it is deployed,
    and asks for a second person besides; with ``undo``, that is how long every decision can be taken back."""
    lakehouse, source = folder / "lakehouse" / "lakehouse.duckdb", folder / "source"
    lakehouse.parent.mkdir(parents=True)
    build(lakehouse, seed=7, scale=0.1, now=dt.datetime.now(dt.UTC))
    (folder / "embedded").mkdir()
    shutil.copy2(lakehouse, folder / "embedded" / "lakehouse.duckdb")

    def uploaded() -> tuple[bool, str]:
        count, largest, large = upload(source)
        return not large, f"{count} files, the largest {largest / 1e6:.1f} MB" + (
            f", too large: {large}" if large else ""
        )

    table("files of the bundle", uploaded)
    policy = yaml.safe_load((source / "policies" / "default.yaml").read_text())
    policy["require"].append(SECOND)
    own = {"id": "rehearsal.agent", "principal": "agent:rehearsal", "kinds": ["tag.set"], "evidence": False}
    policy.setdefault("agents", []).append(own)
    if undo:
        policy["times"]["undo"] = ["0s", *[undo] * 4]
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    with deployed(folder / "there", lakehouse) as there:
        began = time.monotonic()
        app = there.start_app("home", free_port(), python, source, LAKEHELM_POLICY=str(folder / "policy.yaml"))
        try:
            if not table("app.yaml's command answers /_stcore/health", lambda: _up(app, began)):
                return
            table("signs in to Postgres", lambda: _database(there))
            table("rows through the warehouse = rows of the embedded lakehouse", lambda: same_rows(there, lakehouse))
            _pages(there, app, folder, table)
            _loop(there, app, table)
            table("the ledger verifies", lambda: _ledger(there))
            table("without its database figures stay, and the inbox comes back", lambda: _away(there, app))
        finally:
            table(f"SIGTERM ends it within {STOPS_WITHIN:g} s", lambda: _stopped(app))


def _up(app: Started, began: float) -> tuple[bool, str]:
    wait_healthy(app)
    return healthy(app.url), f"{time.monotonic() - began:.1f} s after the start"


def _database(there: Deployed) -> tuple[bool, str]:
    owners: list[tuple[object, ...]] = []
    over = time.monotonic() + 30
    while not owners and time.monotonic() < over:
        time.sleep(0.2)
        owners = there.database.admin(
            "SELECT tableowner, count(*) FROM pg_tables WHERE schemaname = 'lakehelm' GROUP BY 1", "databricks_postgres"
        )
    ok = len(owners) == 1 and bool(there.minted)
    return ok, f"{owners[0][1]} tables of {owners[0][0]}, {len(there.minted)} passwords minted" if ok else str(owners)


def _figures(url: str, headers: dict[str, str], page: str) -> tuple[list[str], list[str]]:
    with tab(url, headers) as seen:
        seen.open(page)
        seen.open(page)  # the first asks, and may show what is still on its way as not there
        return [_IDS.sub("#", _TIMES.sub("#", one)) for one in seen.figures() if not _WAITS.fullmatch(one)], [
            *seen.exceptions,
            *seen.errors,
        ]


def _pages(there: Deployed, app: Started, folder: Path, table: Table) -> None:
    """Every page by the person who may see it; those with figures next to the same page of the embedded profile."""
    with serve(folder / "embedded", {"LAKEHELM_WORKERS": "0", "LAKEHELM_SCALE": "0.1"}) as laptop:
        for entry in pages():
            page = entry.path
            who = forwarded(there.member("auditors" if page == "ledger" else "viewers"))

            def look(page: str = page, asks: bool = entry.asks, who: dict[str, str] = who) -> tuple[bool, str]:
                here, wrong = _figures(app.url, who, page)
                if wrong or not here:
                    return False, f"shows {wrong or 'nothing'}"
                if not asks:  # they show the store, which is another one there
                    return True, f"{len(here)} elements"
                there_, _ = _figures(laptop.url, {}, page)
                differing = list(differences(here, there_))
                return not differing, f"{len(here)} elements, {len(differing)} differ from the embedded profile's" + (
                    f": {differing[0]}" if differing else ""
                )

            table(f"/{page} over the WebSocket", look)


def differences(here: list[str], there: list[str]) -> Iterator[str]:
    """What stands on one page and not on the other."""
    if len(here) != len(there):
        yield f"{len(here)} elements here, {len(there)} there"
    for one, other in zip(here, there, strict=False):
        if one != other:
            place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
            yield f"{one[max(0, place - 40) : place + 80]!r} here, {other[max(0, place - 40) : place + 80]!r} there"


def _loop(there: Deployed, app: Started, table: Table) -> None:
    found: dict[str, str] = {}
    draft = draft_for(there)

    def workers() -> tuple[bool, str]:
        found["id"] = proposed(there, draft)
        return True, found["id"]

    def people() -> tuple[bool, str]:
        names = decided(there, app.url, found["id"])
        return len(names) == 2, f"accepted on the page by {', '.join(names)}"

    def done() -> tuple[bool, str]:
        row = carried_out(there, found["id"], 120)
        effects = [one for one in there.effects() if one.id == draft.target.id]
        ok = row.state == "verified" and len(effects) == 1
        return ok, f"{row.state} by {row.worker or 'nobody'}, {len(effects)} effect"

    _ = (
        table("the app's workers makes a proposal of a draft", workers)
        and table("people decide on the page", people)
        and table("carried out once, and verified", done)
    )


def _ledger(there: Deployed) -> tuple[bool, str]:
    report = verify_store(there.store)
    return report.code == 0, said(report).splitlines()[0]


def _away(there: Deployed, app: Started) -> tuple[bool, str]:
    who = forwarded(there.member("viewers"))
    before, _ = _figures(app.url, who, "finops")
    there.database.stop()
    try:
        meanwhile, wrong = _figures(app.url, who, "finops")
        _, broken = _figures(app.url, who, "pipelineops")
        wrong += broken
        told = any(AWAY in one for one in _figures(app.url, who, "inbox")[0])
    finally:
        there.database.start()
    began, back = time.monotonic(), False
    while not back and time.monotonic() - began < 30:
        back = not any(AWAY in one for one in _figures(app.url, who, "inbox")[0])
    same = not wrong and not list(differences(before, meanwhile))
    return same and told and back, (
        f"{len(meanwhile)} elements, {'as before' if same else 'others than before'}; "
        f"{'said' if told else 'not said'}; {'back' if back else 'not back'} after {time.monotonic() - began:.1f} s"
    )


def _stopped(app: Started) -> tuple[bool, str]:
    """Ended by its own code (0), or by uvicorn's: it closes the house and then sends itself the signal that it was sent."""
    code, seconds = app.end(patience=STOPS_WITHIN)
    return code in (0, -signal.SIGTERM) and seconds < STOPS_WITHIN, f"exit code {code} after {seconds:.1f} s"


def complaints(python: Path) -> list[str]:
    """What ``pip check`` says of the environment."""
    told = subprocess.run([str(python), "-m", "pip", "check"], capture_output=True, text=True, timeout=300)
    return told.stdout.splitlines() if told.returncode else []
