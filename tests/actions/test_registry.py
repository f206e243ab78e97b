"""The registry: every kind is whole, can be asked for in a form, and has its own name; strangers are refused."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from actions import registry
from actions.kinds.shared.kind import AnyKind, Params
from actions.kinds.shared.object_permissions import OBJECTS
from actions.kinds.shared.right import NOTHING
from actions.registry import KINDS, BadParams, UnknownKind, kind, parsed
from dimensions import DIMENSIONS
from tests.actions.kind_cases_catalog import CASES

CATALOGUE = {
    "app.start", "app.stop", "autonomy.change", "floor.change",
    "cluster.set_runtime", "job.set_schedule", "job.set_source", "job.set_tag", "mask.remove", "mask.set",
    "monitor.disable", "monitor.enable", "pipeline.set_tag", "user.activate", "user.deactivate",
    "cluster.enforce_policy", "cluster.permanent_delete", "cluster.resize", "cluster.set_autotermination", "cluster.start",
    "cluster.terminate", "database.start", "database.stop", "gateway.set_rate_limit", "grant.add", "grant.revoke",
    "group.add_member", "group.remove_member", "job.set_compute",
    "index.sync", "job.cancel_run", "job.pause_schedule", "job.repair_run", "job.run_now", "job.set_retries", "job.set_timeout",
    "model.set_alias",
    "notify.owner", "permission.update", "pipeline.full_refresh", "pipeline.refresh", "pipeline.validate", "policy.edit",
    "quality.refresh", "serving.set_scale", "serving.set_traffic", "setting.change", "tag.set", "ticket.open", "training.suggest",
    "warehouse.resize", "warehouse.set_autostop", "warehouse.set_max_clusters", "warehouse.start", "warehouse.stop",
}  # fmt: skip
EVERY = pytest.mark.parametrize("one", KINDS.values(), ids=list(KINDS))


def test_the_catalogue_is_complete() -> None:
    assert set(KINDS) == CATALOGUE


@EVERY
def test_a_kind_is_whole(one: AnyKind) -> None:
    assert KINDS[one.name] is one
    assert kind(one.name) is one
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", one.name)
    assert bool(one.right.on) != bool(one.right.words)
    assert not one.right.on or one.right.level in {
        level for known in OBJECTS.values() for level in known.levels if known.path == one.right.on
    }
    assert (one.right == NOTHING) == one.sends
    assert one.dimension in DIMENSIONS
    assert 0 <= one.base_risk <= 4
    assert not inspect.isabstract(type(one))
    assert (type(one).__doc__ or "").strip()
    assert (one.Params.__doc__ or "").strip()
    assert one.enabled or one.base_risk >= 3
    assert (one.idempotency == "key") == one.sends
    assert one.repeatable or one.idempotency != "token"


def shown(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """How a form shows a value: a word for each kind of field; nested objects by the fields inside."""
    if "$ref" in schema:
        return shown(whole["$defs"][schema["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in schema:
        inner = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return shown(inner[0], whole) if len(inner) == 1 else "none"
    if "enum" in schema or "const" in schema:
        return "choice"
    if schema.get("type") == "array":
        return f"list of {shown(schema['items'], whole)}"
    if schema.get("type") == "object":
        return f"object of {sorted({shown(one, whole) for one in schema['properties'].values()})}"
    return {"integer": "number", "number": "number", "string": "text", "boolean": "tick"}.get(
        schema.get("type", ""), "none"
    )


SIMPLE = {"number", "text", "tick", "choice"}
PAIRS = "list of object of ['number', 'text']"
NESTED = {("serving.set_traffic", "routes"): PAIRS, ("job.set_retries", "each"): PAIRS}


@EVERY
def test_parameters_make_a_flat_form(one: AnyKind) -> None:
    whole = one.Params.model_json_schema()
    assert whole["additionalProperties"] is False
    for name, schema in whole.get("properties", {}).items():
        face = shown(schema, whole)
        allowed = SIMPLE | {f"list of {simple}" for simple in SIMPLE} | {NESTED.get((one.name, name), "")}
        assert face in allowed, f"{one.name}.{name} is shown as {face}"
        assert schema.get("title"), f"{one.name}.{name} has no title"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_parameters_survive_the_store(case: Any) -> None:
    params = parsed(kind(case.kind), case.params)
    assert parsed(kind(case.kind), params.model_dump(mode="json")) == params
    assert kind(case.kind).Params.model_validate(case.params) == params


def test_an_unknown_kind() -> None:
    with pytest.raises(UnknownKind, match=r"no kind of action 'os\.system'"):
        kind("os.system")
    with pytest.raises(UnknownKind) as refused:
        kind("x" * 1000)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(("name", "params", "problems"), [
    ("grant.add", {"privileges": ["SELECT"]}, {"principal": "principal is missing."}),
    ("grant.add", {"principal": "a@b.c", "privileges": []}, {"privileges": "privileges needs at least 1."}),
    ("grant.add", {"principal": "a\nb", "privileges": ["SELECT"], "force": True},
     {"principal": "principal has a form that is not allowed.", "force": "force is not a parameter of this kind."}),
    ("warehouse.set_autostop", {"auto_stop_minutes": "10"}, {"auto_stop_minutes": "auto_stop_minutes should be a valid integer."}),
    ("warehouse.set_autostop", {"auto_stop_minutes": -1},
     {"auto_stop_minutes": "auto_stop_minutes should be greater than or equal to 0."}),
    ("serving.set_traffic", {"routes": [{"served_entity": "a", "percentage": 1}]}, {"": "The shares must sum to 100."}),
    ("index.sync", {"x": float("nan")}, {"": "The parameters are not JSON values."}),
    ("index.sync", {"x": {1, 2}}, {"": "The parameters are not JSON values."}),
])  # fmt: skip
def test_a_sentence_for_each_problem(name: str, params: Any, problems: dict[str, str]) -> None:
    with pytest.raises(BadParams) as refused:
        parsed(kind(name), params)
    assert refused.value.problems == problems


@EVERY
def test_a_foreign_name_is_cut(one: AnyKind) -> None:
    with pytest.raises(BadParams) as refused:
        parsed(one, {"![x](http://evil.example)" * 100: 1})
    assert all(len(sentence) < 120 for sentence in refused.value.problems.values())


def test_the_sdk_is_not_imported_for_the_list() -> None:
    import subprocess
    import sys

    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, actions.registry; print(any(m.startswith('databricks') for m in sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(registry.__file__).parent.parent,
    )
    assert said.stdout.strip() == "False"


SOURCES = sorted(Path(registry.__file__).parent.glob("kinds/**/*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.stem)
def test_no_kind_hides_from_the_type_checker(source: Path) -> None:
    """Each says what it is a kind of; parameters are never anything."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            assert "Kind" not in [ast.unparse(one) for one in node.bases], node.name
        if isinstance(node, ast.arg) and node.arg == "params":
            assert node.annotation is not None
            assert ast.unparse(node.annotation) != "Any", node.lineno
        if isinstance(node, ast.AnnAssign) and source.parent.name == "kinds":
            assert ast.unparse(node.annotation) != "Any", node.lineno


@EVERY
def test_its_parameters_are_what_it_is_a_kind_of(one: AnyKind) -> None:
    said = inspect.get_annotations(type(one).title)["params"]
    assert said in {one.Params.__name__, "P"}
    assert one.Params is not Params


def test_a_file_without_a_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "import_module", ModuleType)
    with pytest.raises(ValueError, match=r"no kind of action in actions/kinds/\w+.py"):
        registry._found()


def test_two_kinds_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = inspect.getmodule(type(KINDS["job.set_timeout"]))
    monkeypatch.setattr(registry, "import_module", lambda name: module)
    with pytest.raises(ValueError, match=r"two kinds of action are called job.set_timeout"):
        registry._found()
