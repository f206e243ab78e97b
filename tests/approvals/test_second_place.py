"""The app's own second place: a volume behind the Files API of a workspace that refuses what Databricks refuses."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, PermissionDenied

from approvals.ledger import checkpoints, ledger, second_place
from approvals.ledger.checkpoint_line import BadCheckpoint
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_verify import Report
from approvals.ledger.second_place import Folder, PlaceAway, Volume, place_of
from approvals.reading.ledger_export import verify_all, verify_store
from approvals.store.store import Store
from demo.emulator.faults import Kind
from demo.emulator.server import Emulator
from demo.workspace.files import deployed_volume
from demo.workspace.people import APP, APP_SECRET
from demo.workspace.state import State
from demo.workspace.workspace import EmulatedWorkspace, utc_now
from deploy import check_settings
from settings import Settings
from tests.actions.workspace_server import objects
from tests.approvals.world import START
from tests.support.clock import Clock
from tests.support.stores import store_at
from workspace_client import SignIn, client, sign_in

VOLUME, PATH = "main.lakehelm_prod.checkpoints", "/Volumes/main/lakehelm_prod/checkpoints"
KEY = Ed25519PrivateKey.generate()
PUBLIC = checkpoints.public_key(KEY)


@dataclass
class Away:
    """The workspace, the store, and the settings of an app that signs into the volume."""

    emulator: Emulator
    state: State
    store: Store
    chosen: Settings

    @property
    def who(self) -> SignIn:
        return sign_in(self.chosen)

    def told(self, count: int = 1) -> None:
        with self.store.writing() as tx:
            for _ in range(count):
                ledger.append(tx, "draft.submit", Actor("human", "ann"))

    def sign(self, now: dt.datetime | None = None) -> int | None:
        return checkpoints.write_due(self.store, place_of(self.chosen), KEY, now or Clock(START).now, at_once=True)

    def files(self) -> list[str]:
        return sorted(one.rpartition("/")[2] for one in self.state.objects["files"])

    def verified(self) -> Report:
        return verify_all(self.store, self.chosen, frozenset({PUBLIC}))


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    monkeypatch.setattr(second_place, "BUDGET", 1.0)
    state = State(copy.deepcopy({name: dict(own) for name, own in objects().items()}), utc_now)
    deployed_volume(state, VOLUME, APP)
    with Emulator(None, workspace=EmulatedWorkspace(state)) as emulator:
        chosen = Settings(
            profile="databricks",
            home=tmp_path,
            host=emulator.url,
            client_id=APP,
            client_secret=APP_SECRET,
            app_name="lakehelm",
            checkpoints=PATH,
        )
        yield Away(emulator, state, store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START)), chosen)


# What is signed is seen when it is gone


def test_each_signed_mark_leaves_an_entry_and_lies_in_the_volume(away: Away) -> None:
    away.told(3)
    assert away.sign() == 3
    with away.store.reading() as tx:
        (entry,) = ledger.search(tx, event="checkpoint.signed")
    assert entry.seq == 4 and PATH in entry.body and PUBLIC in entry.body
    assert [one.endswith("-000000000003.json") for one in away.files()] == [True]
    assert away.sign() is None  # its own entry is no reason to sign again
    away.told()
    assert away.sign() == 5
    found = away.verified()
    assert (found.code, found.checkpoint_seq, found.told_seq) == (0, 5, 5)


def test_a_mark_that_was_taken_away_is_seen(away: Away) -> None:
    for _ in range(3):
        away.told()
        away.sign()
    newest = max(away.state.objects["files"])
    kept = away.state.get("files", newest)
    away.state.drop("files", newest)
    assert away.verified().code == 2
    with away.store.engine.begin() as connection:  # and the head says nothing of it any more
        connection.exec_driver_sql("UPDATE ledger_head SET checkpoint_seq = NULL")
    assert away.verified().code == 2
    for one in list(away.state.objects["files"]):
        away.state.drop("files", one)
    assert away.verified().code == 4
    away.state.put("files", newest, kept)
    assert away.verified().code == 0


def test_an_entry_that_tells_of_another_chain_or_of_no_signature_is_found(away: Away) -> None:
    away.told()
    away.sign()
    with away.store.reading() as tx:
        (entry,) = ledger.search(tx, event="checkpoint.signed")
    real = checkpoints.marks(away.chosen)[0]
    forged = (
        (replace(real, hash="0" * 64), 2), (replace(real, signature="0" * 128), 2), (replace(real, install_id="other"), 2),
        (replace(real, seq=99), 2), (None, 1),
    )  # fmt: skip
    for mark, code in forged:
        text = mark.line.decode().rstrip() if mark else "no mark"
        try:
            with away.store.writing() as tx:
                ledger.append(tx, "checkpoint.signed", Actor("system", "checkpoints"), mark=text, place=PATH)
                assert _code(tx) == code, mark
                raise Back
        except Back:
            pass
    assert entry.seq == 2 and away.verified().code == 0


def test_an_older_mark_under_a_newer_name_hides_nothing(away: Away) -> None:
    for _ in range(2):
        away.told()
        away.sign()
    oldest, newest = sorted(away.state.objects["files"])
    away.state.put("files", newest.replace("-0000", "-9999"), away.state.get("files", oldest))
    with pytest.raises(BadCheckpoint, match="holds the checkpoint of entry 1"):
        away.verified()
    away.told()
    with pytest.raises(BadCheckpoint):
        away.sign()


class Back(Exception):
    """Takes the transaction back."""


def _code(tx) -> int:  # type: ignore[no-untyped-def]
    class Inside:
        def snapshot(self):  # type: ignore[no-untyped-def]
            from contextlib import nullcontext

            return nullcontext(tx)

    return verify_store(Inside(), keys=[PUBLIC], tables=False).code  # type: ignore[arg-type]


# A place that is away, slow or shut


@pytest.mark.parametrize("kind", ["unavailable", "dropped", "server_error", "forbidden", "throttled", "dropped_after"])
def test_while_it_is_away_nothing_is_signed_and_nothing_is_told(away: Away, kind: Kind) -> None:
    away.told()
    away.emulator.faults.set(kind, -1, name="/api/2.0/fs/")
    with pytest.raises(PlaceAway):
        away.sign()
    away.told()  # nobody who writes waits for it
    with away.store.reading() as tx:
        assert ledger.search(tx, event="checkpoint.signed") == []
    found = away.verified()
    assert found.code == 4 and "cannot be reached" in found.problem
    away.emulator.faults.clear()
    assert away.sign() == 2 and away.verified().code == 0


def test_an_answer_that_was_lost_signs_once(away: Away) -> None:
    away.told()
    place = place_of(away.chosen)
    with away.store.reading() as tx:
        stand = ledger.head(tx)
    assert stand is not None
    first = checkpoints._write(place, stand, KEY, Clock(START).now)  # written, and then the process was killed
    assert away.sign(Clock(START).now + dt.timedelta(minutes=5)) == 1
    assert len(away.files()) == 1 and away.verified().code == 0
    with away.store.reading() as tx:
        (entry,) = ledger.search(tx, event="checkpoint.signed")
    assert first.at in entry.body


def test_a_chain_that_was_cut_is_not_signed(away: Away) -> None:
    away.told(5)
    away.sign()
    other = store_at(f"sqlite:///{away.chosen.home / 'other.sqlite'}", Clock(START))
    with other.writing() as tx:
        ledger.append(tx, "draft.submit", Actor("human", "ann"))
    with away.store.reading() as tx:
        stand = ledger.head(tx)
    assert stand is not None
    with other.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_head_forward")
        connection.exec_driver_sql(f"UPDATE ledger_head SET install_id = '{stand.install_id}'")
    with pytest.raises(checkpoints.ChainRewritten):
        checkpoints.write_due(other, place_of(away.chosen), KEY, Clock(START).now)


# The rights, and what the workspace refuses


def test_preflight_says_how_the_place_stands(away: Away) -> None:
    away.told()
    away.sign()
    (found,) = check_settings.second_place(away.chosen)
    assert (found.state, found.found) == ("ok", f"volume {VOLUME} holds 1 checkpoints")
    away.state.drop("grants", f"volume {VOLUME}")
    (found,) = check_settings.second_place(away.chosen)
    assert found.state == "fail" and f"ON VOLUME {VOLUME} TO" in found.mend


def test_the_place_is_the_one_that_the_setting_names(tmp_path: Path) -> None:
    assert isinstance(place_of(Settings(home=tmp_path)), Folder)
    assert isinstance(place_of(Settings(home=tmp_path, checkpoints=str(tmp_path / "x"))), Folder)
    assert isinstance(place_of(Settings(home=tmp_path, checkpoints=PATH)), Volume)


@pytest.mark.parametrize("securable", ["catalog main", "schema main.lakehelm_prod", f"volume {VOLUME}"])
def test_without_one_of_its_three_rights_the_app_signs_nothing(away: Away, securable: str) -> None:
    away.told()
    held = away.state.objects["grants"][securable]
    gives = (APP, "account users")  # everybody may use the catalog, which is a right of the app's, too
    away.state.put("grants", securable, {who: own for who, own in held.items() if who not in gives})
    with pytest.raises(PlaceAway, match="PermissionDenied"):
        away.sign()


def test_the_workspace_refuses_what_databricks_refuses(away: Away) -> None:
    import io

    files = client(away.who, budget=1, timeout=5).files

    def put(path: str, **how: bool) -> None:
        files.upload(path, io.BytesIO(b"x"), **how)

    put(f"{PATH}/a.json")
    put(f"{PATH}/sub/b.json")
    with pytest.raises(AlreadyExists):
        put(f"{PATH}/a.json", overwrite=False)
    with pytest.raises(AlreadyExists):
        put(f"{PATH}/sub", overwrite=True)
    put(f"{PATH}/a.json", overwrite=True)
    for path in ("/Workspace/a.json", "/Volumes/main/x.json", f"{PATH}/../a.json"):
        with pytest.raises(BadRequest):
            put(path)
    with pytest.raises(NotFound):
        put("/Volumes/main/lakehelm_prod/other/a.json")
    with pytest.raises(NotFound):
        files.download(f"{PATH}/nothing.json")
    with pytest.raises(NotFound):
        list(files.list_directory_contents(f"{PATH}/nothing"))
    assert {(one.name, one.is_directory) for one in files.list_directory_contents(PATH)} == {
        ("a.json", False),
        ("sub", True),
    }
    away.state.put("grants", f"volume {VOLUME}", {APP: ["READ_VOLUME"]})
    assert place_of(away.chosen).read("a.json") == b"x"
    for act in (lambda: put(f"{PATH}/c.json"), lambda: files.delete(f"{PATH}/a.json")):
        with pytest.raises(PermissionDenied):
            act()
