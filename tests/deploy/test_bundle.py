"""The bundle as it is deployed, and mistakes that people make in one: each is found, with its place and a sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from deploy import bundle
from deploy.bundle import checked, uploaded
from deploy.bundle_references import required
from deploy.bundle_target import merged
from deploy.findings import code
from settings import ROOT

BUNDLE, APP = ROOT / "databricks.yml", ROOT / "app.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the real two files."""
    for path in (BUNDLE, APP):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def wrong(folder: Path) -> list[str]:
    return [one.found for one in checked(folder) if one.state == "fail"]


def change(folder: Path, name: str, before: str, after: str) -> None:
    text = (folder / name).read_text()
    assert before in text
    (folder / name).write_text(text.replace(before, after, 1))


def test_the_real_files_are_right_for_every_target() -> None:
    found = checked()
    assert [one for one in found if one.state != "ok"] == []
    assert {one.what for one in found} >= {"target dev", "target staging", "target prod", "shape", "app.yaml", "files"}
    assert code(found) == 0


def test_what_is_deployed_where() -> None:
    tree = yaml.safe_load(BUNDLE.read_text())
    dev, prod = merged(tree, "dev"), merged(tree, "prod")
    assert required(dev) == frozenset()
    assert required(prod) == {"executor_principal"}
    assert "run_as" not in dev["resources"]["jobs"]["executor"]
    assert prod["resources"]["jobs"]["executor"]["run_as"] == {"service_principal_name": "${var.executor_principal}"}
    grants = prod["resources"]["volumes"]["checkpoints"]["grants"]
    assert [one["principal"] for one in grants] == [
        "${resources.apps.lakehelm.service_principal_client_id}",
        "${var.executor_principal}",
    ]
    kinds = {word for one in prod["resources"]["apps"]["lakehelm"]["resources"] for word in one if word != "name"}
    assert kinds == {"sql_warehouse", "postgres", "job", "uc_securable", "secret"}
    assert tree["bundle"]["engine"] == "direct"
    assert prod["resources"]["sql_warehouses"]["reader"]["auto_stop_mins"] == 10
    assert prod["resources"]["jobs"]["executor"]["timeout_seconds"] > 0


NAME = 'service_principal_name: "${resources.apps.lakehelm.service_principal_client_id}", level: CAN_MANAGE_RUN'
MISTAKES: list[tuple[str, str, str, str, str]] = [
    # which one, the file, what stands there, what is written in its place, what is said
    (
        "a resource that is not there",
        "databricks.yml",
        "${resources.jobs.executor.id}",
        "${resources.jobs.worker.id}",
        r"resources\.jobs\.worker\.id} names a resource that this target does not have",
    ),
    (
        "a field that is not there",
        "databricks.yml",
        "${resources.sql_warehouses.reader.id}",
        "${resources.sql_warehouses.reader.key}",
        r"names a field that sql_warehouses do not have",
    ),
    (
        "a field that is not set",
        "databricks.yml",
        "${resources.schemas.own.name}",
        "${resources.schemas.own.storage_root}",
        r"storage_root, which schemas\.own does not set",
    ),
    (
        "a variable that is not declared",
        "databricks.yml",
        "${var.viewers}",
        "${var.readers}",
        r"var\.readers} is not declared",
    ),
    (
        "a word of the bundle that is none",
        "databricks.yml",
        "lakehelm-${bundle.target}\n      description",
        "lakehelm-${bundle.env}\n      description",
        r"bundle\.env} is nothing that a bundle has",
    ),
    (
        "a place that is none",
        "databricks.yml",
        "- ${workspace.file_path}",
        "- ${workspace.files}",
        r"workspace\.files} is nothing",
    ),
    (
        "a reference that is not closed",
        "databricks.yml",
        "catalog_name: ${var.catalog}",
        "catalog_name: ${var.catalog",
        r"not closed",
    ),
    (
        "a word that begins no reference",
        "databricks.yml",
        "${var.operators}",
        "${vars.operators}",
        r"vars\.operators} is no reference",
    ),
    (
        "the app's right is dropped at the second deployment",
        "databricks.yml",
        NAME,
        'group_name: "robots", level: CAN_VIEW',
        r"a second deployment takes the right of app lakehelm away",
    ),
    (
        "a list of rights for everything",
        "databricks.yml",
        "targets:\n",
        "permissions: [{group_name: ops, level: CAN_MANAGE}]\ntargets:\n",
        r"a list for the whole bundle replaces",
    ),
    (
        "two that wait for each other",
        "databricks.yml",
        "      max_concurrent_runs: 1",
        f"      run_as: {{{NAME.partition(',')[0]}}}\n      max_concurrent_runs: 1",
        r"waits for itself",
    ),
    (
        "the app configured twice",
        "databricks.yml",
        "      compute_size: MEDIUM",
        "      config: {command: [streamlit, run, app.py]}\n      compute_size: MEDIUM",
        r"command and env stand in app\.yaml",
    ),
    (
        "the spelling of app.yaml in databricks.yml",
        "databricks.yml",
        "      compute_size: MEDIUM",
        "      config: {env: [{name: A, valueFrom: sql-warehouse}]}\n      compute_size: MEDIUM",
        r"'valueFrom' was unexpected",
    ),
    ("a size that is none", "databricks.yml", "compute_size: MEDIUM", "compute_size: TINY", r"compute_size.*TINY"),
    ("a right that is none", "databricks.yml", "permission: CAN_MANAGE_RUN}", "permission: CAN_RUN}", r"CAN_RUN"),
    ("a key that is none", "databricks.yml", "auto_stop_mins: 10", "auto_stop_minutes: 10", r"auto_stop_minutes"),
    (
        "a host from a variable",
        "databricks.yml",
        "    workspace: &own_folder\n",
        "    workspace: &own_folder\n      host: https://${var.catalog}.example.com\n",
        r"workspace\.host: the host decides",
    ),
    ("a run without an end", "databricks.yml", "      timeout_seconds: 5400\n", "", r"may never end"),
    (
        "a script that is not there",
        "databricks.yml",
        "deploy/executor_job.py",
        "deploy/worker_job.py",
        r"deploy/worker_job\.py does not exist",
    ),
    (
        "a setting of the executor that is none",
        "databricks.yml",
        "LAKEHELM_HOME=",
        "LAKEHELM_HOUSE=",
        r"no setting is called LAKEHELM_HOUSE",
    ),
    (
        "an environment that the job lacks",
        "databricks.yml",
        "          environment_key: app\n          spark",
        "          environment_key: other\n          spark",
        r"names an environment that the job does not have",
    ),
    (
        "two resources of one name",
        "databricks.yml",
        "- name: checkpoints",
        "- name: executor",
        r"two are called executor",
    ),
    (
        "a key that stands twice",
        "databricks.yml",
        "  engine: direct\n",
        "  engine: direct\n  engine: terraform\n",
        r"engine stands twice",
    ),
    (
        "a resource that the app lacks",
        "app.yaml",
        "valueFrom: sql-warehouse",
        "valueFrom: warehouse",
        r"valueFrom names warehouse, which is no resource",
    ),
    (
        "an app that signs onto its own disk",
        "app.yaml",
        "  - {name: LAKEHELM_CHECKPOINTS, valueFrom: checkpoints}\n",
        "",
        r"LAKEHELM_CHECKPOINTS: valueFrom must name the app's volume",
    ),
    (
        "an app that may only read its volume",
        "databricks.yml",
        "permission: WRITE_VOLUME",
        "permission: READ_VOLUME",
        r"LAKEHELM_CHECKPOINTS: valueFrom must name the app's volume with WRITE_VOLUME",
    ),
    (
        "the spelling of databricks.yml in app.yaml",
        "app.yaml",
        "valueFrom: postgres",
        "value_from: postgres",
        r"the key is valueFrom here",
    ),
    (
        "both a value and a resource",
        "app.yaml",
        "valueFrom: postgres",
        'valueFrom: postgres, value: "x"',
        r"give value or valueFrom",
    ),
    (
        "a variable that nobody reads",
        "app.yaml",
        "LAKEHELM_HOME",
        "LAKEHELM_HOUSE",
        r"env LAKEHELM_HOUSE: no setting reads it",
    ),
    ("a number where text is wanted", "app.yaml", 'value: "1"', "value: 1", r"is not text; put it in quotes"),
    (
        "a secret in the file",
        "app.yaml",
        "{name: LAKEHELM_HOME, value: /tmp/lakehelm}",
        "{name: DATABRICKS_TOKEN, value: dapi123}",
        r"a secret does not stand in a file",
    ),
    (
        "words for a shell",
        "app.yaml",
        "[streamlit, run, app.py]",
        '[streamlit, run, app.py, --server.port, "${DATABRICKS_APP_PORT:-8000}"]',
        r"runs without a shell",
    ),
    ("no command", "app.yaml", "command: [streamlit, run, app.py]\n", "", r"command is not a list of words"),
    (
        "a key of another file",
        "app.yaml",
        "command: [",
        "resources: []\ncommand: [",
        r"resources is no key of app\.yaml",
    ),
    (
        "a variable twice",
        "app.yaml",
        "env:\n",
        "env:\n  - {name: LAKEHELM_HOME, value: /tmp/a}\n",
        r"LAKEHELM_HOME stands twice",
    ),
    ("not YAML", "app.yaml", "env:", "env: [", r"app\.yaml: "),
]


@pytest.mark.parametrize(("name", "file", "before", "after", "said"), MISTAKES, ids=[one[0] for one in MISTAKES])
def test_a_mistake_is_found(folder: Path, name: str, file: str, before: str, after: str, said: str) -> None:
    change(folder, file, before, after)
    assert any(re.search(said, one) for one in wrong(folder)), wrong(folder)
    assert code(checked(folder)) == 2


def test_a_mistake_of_one_target_is_that_targets(folder: Path) -> None:
    tree = yaml.safe_load(BUNDLE.read_text())
    tree["targets"]["dev"]["resources"] = {"apps": {"lakehelm": {"name": "x", "description": "${var.nothing}"}}}
    (folder / "databricks.yml").write_text(yaml.safe_dump(tree))
    assert {one.what for one in checked(folder) if one.state == "fail"} == {"target dev"}


def test_a_file_that_is_too_large_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "LARGEST", 100)
    (folder / "lakehouse.duckdb").write_bytes(b"x" * 101)
    assert any("lakehouse.duckdb has 101 bytes" in one for one in wrong(folder))


def test_the_files_that_would_be_uploaded_are_those_that_git_takes() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in uploaded(ROOT)}
    assert {"app.py", "databricks.yml", "requirements.txt", "policies/default.yaml"} <= names
    assert not any(name.startswith((".venv/", ".lakehelm/")) for name in names)


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    assert wrong(tmp_path) == [
        "databricks.yml cannot be read (FileNotFoundError)",
        "app.yaml cannot be read (FileNotFoundError)",
    ]


@pytest.mark.parametrize(
    ("below", "over", "together"),
    [
        (
            {"tasks": [{"task_key": "a", "x": 1}]},
            {"tasks": [{"task_key": "a", "y": 2}]},
            {"tasks": [{"task_key": "a", "x": 1, "y": 2}]},
        ),
        ({"tags": {"a": 1}}, {"tags": {"b": 2}}, {"tags": {"a": 1, "b": 2}}),
        ({"libraries": [1]}, {"libraries": [2]}, {"libraries": [1, 2]}),
        ({"timeout_seconds": 1}, {"timeout_seconds": 2}, {"timeout_seconds": 2}),
    ],
)
def test_a_target_is_laid_over_what_stands_above(
    below: dict[str, object], over: dict[str, object], together: object
) -> None:
    tree = {"resources": {"jobs": {"a": below}}, "targets": {"t": {"resources": {"jobs": {"a": over}}}}}
    assert merged(tree, "t")["resources"]["jobs"]["a"] == together


def test_the_command_ends_with_2_on_a_mistake(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from deploy import __main__ as command

    change(folder, "app.yaml", "valueFrom: postgres", "valueFrom: nothing")
    right: Callable[[], object] = lambda: checked(folder)  # noqa: E731
    monkeypatch.setattr(bundle, "checked", right)
    assert command.main(["bundle"]) == 2
    assert "names nothing, which is no resource" in capsys.readouterr().out
