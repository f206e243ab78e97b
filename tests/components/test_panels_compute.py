"""InfraOps, what compute there is and what changed: found, told apart and offered from hand-made rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from components.panels.infraops_inventory import compute_changes, inventory_of
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import frame, listed, one, seen

LOOK, AT = ViewContext(), dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


def there(name: str, **more: Any) -> dict[str, Any]:
    row = {"resource_kind": "cluster", "workspace_id": "1", "workspace": "prod", "resource_id": name, "resource": name}
    return row | {"owner": "zoe", "made_by": "UI", "size": "2 × i3", "tags": "team=a"} | more


def drawn(*rows: dict[str, Any], find: str = "") -> list[Any]:
    return listed(inventory_of(find)(frame("infraops.inventory", *rows), LOOK))


def test_what_is_deleted_stands_apart() -> None:
    said = drawn(there("etl"), there("bi", resource_kind="warehouse", tags=None), there("old", deleted=AT))
    assert (
        one(said, Finding).text
        == "1 cluster, 1 warehouse: 1 without a tag, 0 without an owner; 1 deleted in this period"
    )
    grids = [body for body in said if isinstance(body, Grid)]
    assert [[row for (row,) in seen(grid, "resource")] for grid in grids] == [["etl", "bi"], ["old"]]


def test_it_is_found_by_what_is_written_in_it_whatever_the_capitals() -> None:
    rows = [there("etl", tags="team=Growth"), there("bi", owner="ann"), there("x")]
    assert seen(one(drawn(*rows, find="growth"), Grid), "resource") == [("etl",)]
    assert seen(one(drawn(*rows, find="ANN"), Grid), "resource") == [("bi",)]
    assert isinstance(drawn(*rows, find="nothing")[0], Empty)


def test_the_owner_of_one_without_a_tag_is_asked_for_it() -> None:
    grid = one(drawn(there("etl", tags=None), there("nobody", tags=None, owner=None), there("tagged")), Grid)
    assert grid.frame["act"].tolist() == ["notify.owner", "", ""]
    assert grid.frame["params"].iloc[0]["recipient"] == "zoe"


def test_of_whom_nobody_knows_is_counted() -> None:
    row = {
        "kind": "warehouse",
        "workspace_id": "1",
        "thing_id": "w",
        "name": "bi",
        "what": "size Small → Large",
        "at": AT,
    }
    said = listed(compute_changes(frame("infraops.compute_changes", row | {"who": "ann"}, row | {"who": None}), LOOK))
    assert one(said, Finding).text == "2 changes of 1 cluster or warehouse; of 1 nobody knows who"
    assert isinstance(listed(compute_changes(frame("infraops.compute_changes"), LOOK))[0], Empty)
