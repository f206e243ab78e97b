"""What was done on the laptop before now is measured by Value as anything is: nothing of it is written into a panel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import settings as configuration
from approvals.people.roles import ALL
from components.frame import identity
from components.runtime import state
from components.tiles.tile import Grid
from demo.organisation import found
from demo.past_actions import PAST
from demo.past_proposals import remember
from settings import Settings
from tests.components.bodies import one
from tests.components.inbox_store import ANN
from tests.components.test_planted import NOW, Organisation
from tests.components.walk import Walk
from tests.lakehouses import SCALE, SEED, lakehouse
from tests.support.clock import Clock
from tests.support.stores import store_at
from warehouse.open import close_readers, open_reader

pytestmark = [pytest.mark.xdist_group("planted"), pytest.mark.costs("views of an organisation, by the app's shell")]


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    home = tmp_path_factory.mktemp("value")
    lakehouse(tmp_path_factory, home / "lakehouse.duckdb", NOW)
    chosen = Settings(home=home, dev_user=ANN.name.removeprefix("dev:"))
    store = store_at(home / "store.sqlite", Clock(NOW))
    assert remember(store, found(SEED, SCALE, NOW))
    with pytest.MonkeyPatch.context() as patch, state.using(open_reader(chosen, lambda: NOW), lambda: NOW, store):
        patch.setattr(configuration, "settings", lambda: chosen)
        patch.setattr(identity, "_found", lambda _: identity.Viewer(ANN.name, True, ALL))
        yield Organisation({}, {}, Walk(), {})
    close_readers()


def said(laptop: Organisation, view: str, key: str) -> str:
    shown = laptop.tiles("value", view)[key].found
    assert shown is not None
    return shown.text


def test_what_was_done_is_judged_against_things_that_nobody_changed(laptop: Organisation) -> None:
    assert said(laptop, "Worth", "today").startswith("1 action harmed (")
    assert said(laptop, "Worth", "promised").startswith("cluster.resize delivers ")
    rows = one(list(laptop.tiles("value", "Worth")["promised"].bodies), Grid).frame
    assert len(rows) == len(PAST) and rows["realised"].notna().all() and (rows["controls"] >= 5).all()
    kept = rows[rows["undone"].isna()]
    assert len(kept) == len(PAST) - 1 and (kept["realised"].astype(float) > 0).all(), kept[["kind", "realised"]]
    harmed = rows[rows["undone"].notna()]
    assert len(harmed) == 1 and float(harmed["high"].iloc[0]) < 0


def test_decisions_and_promises_have_figures(laptop: Organisation) -> None:
    assert "of 14 carried out" in said(laptop, "Loop", "decisions")
    assert "job days" in said(laptop, "Promises", "kept")
