"""Tags, aliases, synchronisations, refreshes and messages: what the round trip of all kinds does not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.kinds.shared.kind import Gone, Intent
from actions.registry import BadParams, parsed
from actions.registry import kind as kind_called
from demo.organisation import GOLD
from demo.releases import model_of
from demo.workspace.securables import key
from tests.actions.kind_cases_catalog import CASES, target
from tests.actions.workspace_server import NOW, Served, served, world

TAG, ALIAS, SYNC, REFRESH = (
    kind_called(one) for one in ("tag.set", "model.set_alias", "index.sync", "quality.refresh")
)
KEY, INTENT = "e" * 64, Intent("e" * 64, NOW)
TABLES = world().tables.full_name
MODEL = target("model", model_of(world().endpoints.endpoint_name[0]))
INDEX = target("index", world().indexes.index_name[0])
MONITORED = target("table", TABLES[GOLD + 7])
NO_PARAMS = parsed(SYNC, {})


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def tag(name: str, value: str | None) -> Any:
    return parsed(TAG, {"key": name, "value": value})


def set_tag(workspace: Served, on: Any, params: Any) -> dict[str, Any]:
    image = TAG.snapshot(workspace.read, on, params)
    TAG.execute(workspace.act, on, params, image, KEY)
    assert TAG.plan(TAG.snapshot(workspace.read, on, params), params) == ()
    return image


@pytest.mark.parametrize(("type_", "identifier", "existing"), [
    ("table", TABLES[3], {}), ("catalog", "dev", {"environment": "dev"}), ("schema", "main.payments_gold", {"tier": "1"}),
    ("column", f"{TABLES[60]}.contact", {"class.email_address": ""}), ("volume", "main.payments_bronze.files_1", {}),
])  # fmt: skip
def test_create_change_remove(type_: str, identifier: str, existing: dict[str, str], workspace: Served) -> None:
    on = target(type_, identifier)
    workspace.state.put("tags", key(type_, identifier), existing)
    for value, image in (("1", None), ("2", "1"), ("", "2"), (None, "")):
        assert set_tag(workspace, on, tag("cost centre", value))["value"] == image
    assert workspace.state.objects["tags"][key(type_, identifier)] == existing
    assert [one.action.rpartition(".")[2] for one in workspace.effects] == ["create", "update", "update", "delete"]
    written = [one for one in workspace.workspace.asked if not one.startswith("GET")]
    assert all("cost%20centre" in one for one in written[1:])


def test_an_undo_restores_the_old_value_or_absence(workspace: Served) -> None:
    on = target("schema", "main.payments_gold")
    for name, old in (("tier", "1"), ("new", None)):
        undo = TAG.inverse(on, tag(name, "9"), set_tag(workspace, on, tag(name, "9")), {})
        assert undo is not None
        assert undo.params == {"key": name, "value": old}
        set_tag(workspace, on, parsed(TAG, undo.params))
    assert workspace.state.objects["tags"][key("schema", on.id)] == {"tier": "1"}


def test_a_table_with_many_tags_is_read_to_the_end(workspace: Served) -> None:
    workspace.state.put("tags", key("table", TABLES[3]), {f"t{i:03d}": "x" for i in range(120)})
    image = TAG.snapshot(workspace.read, target("table", TABLES[3]), tag("t119", "y"))
    assert image["value"] == "x"
    assert len(image["_others"]) == 119


@pytest.mark.parametrize(
    "name", ["../../x", "a/b", "a?force=true", "a#b", "a\nb", ".", "..", "", "a%2fb", "x" * 257, "a\\b"]
)
def test_a_tag_is_a_plain_name(name: str) -> None:
    with pytest.raises(BadParams):
        tag(name, "x")


@pytest.mark.parametrize("alias", ["../../x", "a/b", "a?force=true", "a#b", "a\nb", ".", "..", "", "v.1", "a b", "%61"])
def test_an_alias_is_a_plain_name(alias: str) -> None:
    with pytest.raises(BadParams):
        parsed(ALIAS, {"alias": alias, "version": 1})


def test_an_alias_is_deleted_and_made_again(workspace: Served) -> None:
    params = parsed(ALIAS, {"alias": "champion", "version": None})
    image = ALIAS.snapshot(workspace.read, MODEL, params)
    assert (image["version"], image["_aliases"]) == (3, {"previous": 2})
    ALIAS.execute(workspace.act, MODEL, params, image, KEY)
    ALIAS.execute(workspace.act, MODEL, params, image, KEY)
    assert workspace.state.objects["models"][MODEL.id]["aliases"] == {"previous": 2}
    undo = ALIAS.inverse(MODEL, params, image, {})
    assert undo is not None
    back = parsed(ALIAS, undo.params)
    ALIAS.execute(workspace.act, MODEL, back, ALIAS.snapshot(workspace.read, MODEL, back), KEY)
    assert workspace.state.objects["models"][MODEL.id]["aliases"] == {"previous": 2, "champion": 3}
    assert [one.action for one in workspace.effects] == [
        "registered_models.delete_alias",
        "registered_models.set_alias",
    ]


@pytest.mark.parametrize(("version", "seen", "ok"), [(2, "READY", True), (9, "there is no such version", False)])
def test_an_alias_needs_a_version_that_is_ready(version: int, seen: str, ok: bool, workspace: Served) -> None:
    params = parsed(ALIAS, {"alias": "champion", "version": version})
    checks = ALIAS.preconditions(ALIAS.snapshot(workspace.read, MODEL, params), params)
    assert [(one.observed, one.ok) for one in checks] == [(seen, ok)]


def test_a_version_that_failed_to_register_is_not_promoted(workspace: Served) -> None:
    model = workspace.state.get("models", MODEL.id)
    workspace.state.put("models", MODEL.id, model | {"versions": {**model["versions"], "2": "FAILED_REGISTRATION"}})
    params = parsed(ALIAS, {"alias": "champion", "version": 2})
    assert [one.ok for one in ALIAS.preconditions(ALIAS.snapshot(workspace.read, MODEL, params), params)] == [False]


def test_a_synchronisation_is_followed_to_its_end(workspace: Served) -> None:
    image = SYNC.snapshot(workspace.read, INDEX, NO_PARAMS)
    SYNC.execute(workspace.act, INDEX, NO_PARAMS, image, KEY)
    assert [one.ok for one in SYNC.verify(workspace.read, INDEX, NO_PARAMS, image, {})] == [None]
    now = SYNC.snapshot(workspace.read, INDEX, NO_PARAMS)
    assert [one.id for one in SYNC.preconditions(now, NO_PARAMS) if not one.ok] == ["idle"]
    workspace.clock.forward(2)
    assert [one.ok for one in SYNC.verify(workspace.read, INDEX, NO_PARAMS, image, {})] == [True, True]
    assert SYNC.snapshot(workspace.read, INDEX, NO_PARAMS)["_rows"] == image["_rows"] + 500


def test_without_a_sight_of_the_updates_a_synchronisation_stays_unknown(workspace: Served) -> None:
    image = SYNC.snapshot(workspace.read, INDEX, NO_PARAMS)
    found = workspace.state.get("indexes", INDEX.id)
    workspace.state.put("indexes", INDEX.id, found | {"pipeline_id": "index-of-somebody-else"})
    workspace.emulator.faults.set("forbidden", -1, name="/pipelines/")
    assert SYNC.snapshot(workspace.read, INDEX, NO_PARAMS)["_seen"] is False
    assert SYNC.find(workspace.read, INDEX, NO_PARAMS, image, INTENT) == "unknown"
    checks = SYNC.verify(workspace.read, INDEX, NO_PARAMS, image, {})
    assert [(one.ok, "cannot be read" in one.observed) for one in checks] == [(True, True)]


def test_a_refresh_by_schedule_is_not_taken_for_ours(workspace: Served) -> None:
    image = REFRESH.snapshot(workspace.read, MONITORED, NO_PARAMS)
    table_id = world().tables.table_id[GOLD + 7]
    monitor = workspace.state.get("monitors", table_id)

    def add(number: int, trigger: str) -> None:
        monitor["refreshes"].append(
            {
                "refresh_id": number,
                "start_time_ms": int(NOW.timestamp() * 1000),
                "trigger": f"MONITOR_REFRESH_TRIGGER_{trigger}",
            }
        )
        workspace.state.put("monitors", table_id, monitor)

    add(2, "SCHEDULE")
    assert REFRESH.find(workspace.read, MONITORED, NO_PARAMS, image, INTENT) == "none"
    add(3, "MANUAL")
    assert REFRESH.find(workspace.read, MONITORED, NO_PARAMS, image, INTENT) == "done"
    add(4, "MANUAL")
    assert REFRESH.find(workspace.read, MONITORED, NO_PARAMS, image, INTENT) == "unknown", (
        "one of them is somebody else's"
    )


def test_a_table_without_a_monitor(workspace: Served) -> None:
    with pytest.raises(Gone):
        REFRESH.snapshot(workspace.read, target("table", TABLES[0]), NO_PARAMS)


@pytest.mark.parametrize("case", [one for one in CASES if kind_called(one.kind).sends], ids=str)
def test_a_message_calls_nothing_and_says_what_it_is_about(case: Any, workspace: Served) -> None:
    kind = kind_called(case.kind)
    params = parsed(kind, case.params)
    workspace.workspace.asked = ()
    image = kind.snapshot(workspace.read, case.target, params)
    assert [(one.path, one.before, one.after) for one in kind.plan(image, params)] == [
        ("message", None, case.params["subject"])
    ]
    assert kind.execute(workspace.act, case.target, params, image, KEY) == {}
    assert kind.find(workspace.read, case.target, params, image, INTENT) == "none"
    message = kind.message(case.target, params, KEY)
    assert message == kind.message(case.target, params, KEY)
    assert message["recipient"] == case.params.get("recipient", case.params.get("queue"))
    assert message["body"]["about"]["id"] == case.target.id
    assert message["body"]["subject"] == case.params["subject"]
    assert message["recipient"] in kind.title(case.target, params)
    assert (kind.base_risk, kind.inverse(case.target, params, image, {})) == (0, None)
    assert workspace.workspace.asked == ()


def test_a_kind_that_changes_something_sends_nothing() -> None:
    with pytest.raises(TypeError):
        TAG.message(target("table", TABLES[0]), tag("a", "b"), KEY)


@pytest.mark.parametrize(
    "changed", [{"subject": "two\nlines"}, {"recipient": "a\r\nBcc: b"}, {"text": "\x1b[2J"}, {"text": "x" * 4001}]
)
def test_a_message_has_no_control_characters(changed: dict[str, str]) -> None:
    with pytest.raises(BadParams):
        parsed(kind_called("notify.owner"), {"recipient": "a@b.c", "subject": "s", "text": "t"} | changed)
