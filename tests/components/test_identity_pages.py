"""Identity where it matters: the real app behind the platform's headers, over real WebSockets, on an emulated workspace.
Whatever is forged, missing, swapped, removed, over or foreign: no decision is recorded, no row is shown."""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from websockets.exceptions import InvalidStatus

from approvals.store.store import Store
from approvals.store.tables import VOTES
from bench.serving import App, serve
from components.frame import identity
from demo.workspace.people import APP, APP_SECRET
from demo.workspace.state import Json
from settings import Settings
from tests.components.inbox_store import content, put
from tests.components.person import Shown, visit
from tests.demo.workspace import Served, served
from tests.support.stores import store_at

pytestmark = pytest.mark.xdist_group("identity")
NAME = "bi-adhoc-of-growth"
_COUNT = itertools.count()  # a target of its own for each: the same wish for the same target is the same proposal
ACCEPT = "inbox-verb-accept"


@pytest.fixture(scope="module")
def there() -> Iterator[Served]:
    with served() as one:
        yield one


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apps")


@pytest.fixture(scope="module")
def store(home: Path) -> Store:
    return store_at(home / "store.sqlite")


@pytest.fixture(scope="module")
def cockpit(there: Served, home: Path, store: Store) -> Iterator[App]:
    chosen = {
        "LAKEHELM_PROFILE": "databricks", "DATABRICKS_APP_NAME": "lakehelm", "DATABRICKS_HOST": there.emulator.url,
        "DATABRICKS_CLIENT_ID": APP, "DATABRICKS_CLIENT_SECRET": APP_SECRET, "LAKEHELM_WORKERS": "0",
        "STREAMLIT_SERVER_ENABLE_CORS": "false", "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
    }  # fmt: skip
    with serve(home, chosen) as app:
        over = time.monotonic() + 60
        while "being connected" in visit(app.url, sent(member(there, "viewers")), "inbox").text:
            assert time.monotonic() < over, "the desk was not opened"
            time.sleep(0.2)
        yield app


@pytest.fixture
def proposal(store: Store) -> str:
    return put(store, content(f"{next(_COUNT):08}-{NAME}", env="dev", now=dt.datetime.now(dt.UTC)))


def member(there: Served, group: str, place: int = 0) -> Any:
    found = next(g for g in there.state.objects["groups"].values() if g["displayName"] == group)
    return there.state.objects["users"][found["members"][place]["value"]]


def sent(user: Any, **changes: str | None) -> dict[str, str]:
    told: dict[str, str | None] = {
        "X-Forwarded-Email": user["userName"], "X-Forwarded-User": f"{user['id']}@7474", "Origin": "https://app.example",
        "X-Forwarded-Host": "app.example", "X-Forwarded-Access-Token": f"user-token-{user['id']}",
    } | {name.replace("_", "-"): value for name, value in changes.items()}  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def votes(store: Store, proposal_id: str) -> int:
    with store.reading() as tx:
        return int(
            tx.connection.execute(
                sa.select(sa.func.count()).select_from(VOTES).where(VOTES.c.proposal_id == proposal_id)
            ).scalar_one()
        )


def try_to_accept(app: App, headers: dict[str, str], proposal_id: str, session: str = "") -> Shown:
    return visit(app.url, headers, "inbox", f"p={proposal_id}", ACCEPT, session)


def jwt(there: Served, user: Any, seconds: float) -> str:
    """A token of the user that the workspace takes and that says when it ends."""
    told = {"exp": dt.datetime.now(dt.UTC).timestamp() + seconds, "sub": user["userName"]}
    token = f"eyJhbGciOiJub25lIn0.{base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip('=')}.c2ln"
    there.state.objects["tokens"][token] = {"collection": "users", "id": user["id"]}
    return token


def test_who_is_proven_and_may_decide_decides(cockpit: App, there: Served, store: Store, proposal: str) -> None:
    """The other tests here would prove nothing if this did not work."""
    shown = try_to_accept(cockpit, sent(member(there, "finops-approvers")), proposal)
    assert NAME in shown.text
    assert votes(store, proposal) == 1


def test_without_a_token_the_page_says_that_the_proxy_was_believed(cockpit: App, there: Served, proposal: str) -> None:
    user = member(there, "viewers")
    assert identity.BY_PROXY in visit(cockpit.url, sent(user, X_Forwarded_Access_Token=None), "inbox").text


FORGED: dict[str, dict[str, str | None]] = {
    "somebody else's address": {"X_Forwarded_Email": "ceo@lakehelm.example"},
    "somebody else's id": {"X_Forwarded_User": "1000@7474"},
    "a made-up token": {"X_Forwarded_Access_Token": "dapi-made-up"},
    "the app's own token": {"X_Forwarded_Access_Token": "dapi-lakehelm-app"},
    "no address": {"X_Forwarded_Email": None},
    "an unknown address, no token": {"X_Forwarded_Access_Token": None, "X_Forwarded_Email": "x@lakehelm.example"},
    "no host": {"X_Forwarded_Host": None},
    "nothing at all": dict.fromkeys(
        ("X_Forwarded_Email", "X_Forwarded_User", "X_Forwarded_Access_Token", "X_Forwarded_Host", "Origin")
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_forged_and_missing_headers(cockpit: App, there: Served, store: Store, proposal: str, case: str) -> None:
    headers = sent(member(there, "finops-approvers"), **FORGED[case])
    try:
        shown = try_to_accept(cockpit, headers, proposal)
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
    else:
        assert NAME not in shown.text and not any("inbox" in key for key in shown.widgets)
    assert votes(store, proposal) == 0


def test_a_foreign_origin_is_not_even_connected(cockpit: App, there: Served, store: Store, proposal: str) -> None:
    with pytest.raises(InvalidStatus):
        try_to_accept(cockpit, sent(member(there, "finops-approvers"), Origin="https://evil.example"), proposal)
    assert votes(store, proposal) == 0


def test_without_an_origin_one_reads_and_decides_nothing(
    cockpit: App, there: Served, store: Store, proposal: str
) -> None:
    shown = try_to_accept(cockpit, sent(member(there, "finops-approvers"), Origin=None), proposal)
    assert NAME in shown.text and "you can read, not decide" in shown.text.replace("\\", "")
    assert votes(store, proposal) == 0


@pytest.mark.parametrize(("seconds", "reads"), [(-5.0, False), (30.0, True)])
def test_a_token_that_is_over_shows_nothing_and_one_that_ends_soon_decides_nothing(
    cockpit: App, there: Served, store: Store, proposal: str, seconds: float, reads: bool
) -> None:
    user = member(there, "finops-approvers", 1)
    shown = try_to_accept(cockpit, sent(user, X_Forwarded_Access_Token=jwt(there, user, seconds)), proposal)
    assert (NAME in shown.text) is reads
    assert votes(store, proposal) == 0


def out_of_all_groups(there: Served, user: Json) -> Json:
    """The same person, who has just lost every group."""
    for one in there.state.objects["groups"].values():
        one["members"] = [m for m in one["members"] if m["value"] != user["id"]]
    return user


def test_who_lost_their_groups_sees_nothing(cockpit: App, there: Served, store: Store, proposal: str) -> None:
    user = out_of_all_groups(there, member(there, "finops-approvers", 2))
    shown = try_to_accept(cockpit, sent(user), proposal)
    assert NAME not in shown.text and "no group of yours has a role here" in shown.text.replace("\\", "")
    assert votes(store, proposal) == 0


def test_a_session_of_somebody_else_gives_nobody_their_rights(
    cockpit: App, there: Served, store: Store, proposal: str
) -> None:
    """Its id is all that an attacker has; who they are still comes from their own connection."""
    theirs = visit(cockpit.url, sent(member(there, "finops-approvers")), "inbox", f"p={proposal}")
    assert NAME in theirs.text
    as_viewer = try_to_accept(cockpit, sent(member(there, "viewers")), proposal, theirs.session)
    assert as_viewer.runs > 0
    stranger = out_of_all_groups(there, member(there, "viewers", 5))
    as_stranger = try_to_accept(cockpit, sent(stranger), proposal, theirs.session)
    assert NAME not in as_stranger.text
    assert votes(store, proposal) == 0


def test_a_viewer_reads_and_is_offered_no_ledger(cockpit: App, there: Served) -> None:
    seen = visit(cockpit.url, sent(member(there, "viewers")), "inbox").text
    assert "Inbox" in seen and '"Ledger"' not in seen
    assert '"Ledger"' in visit(cockpit.url, sent(member(there, "auditors")), "inbox").text


def test_on_a_laptop_forged_headers_change_nothing(monkeypatch: pytest.MonkeyPatch, there: Served) -> None:
    before = identity.viewer(Settings(dev_user="ann"))
    forged = {name.lower(): value for name, value in sent(member(there, "lakehelm-admins")).items()}
    monkeypatch.setattr(identity, "headers", lambda: forged)
    assert identity.viewer(Settings(dev_user="ann")) == before
    assert before is not None and (before.name, before.local) == ("dev:ann", True)
    assert identity.viewer(Settings(profile="databricks")) is None
