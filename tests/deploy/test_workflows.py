"""What GitHub runs: who may do what, nothing secret in it, everything pinned, and commands that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import __main__ as command
from deploy.bundle_references import required
from deploy.bundle_target import merged
from settings import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})")
_SECRET = re.compile(r"dapi[0-9a-f]{8}|ghp_|AKIA|-----BEGIN|dose[0-9a-f]{8}|secrets\.")


def read(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.load((FOLDER / name).read_text(), Loader=yaml.BaseLoader)  # `on` stays a word
    return tree


def steps(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in tree["jobs"].values() for step in job["steps"]]


def runs(tree: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in steps(tree))


def test_there_are_two() -> None:
    assert [one.name for one in FILES] == ["deploy.yml", "test.yml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_secret_everything_is_pinned_and_little_is_allowed(path: Path) -> None:
    text, tree = path.read_text(), read(path.name)
    assert not _SECRET.search(text)
    for step in steps(tree):
        assert ("uses" in step) != ("run" in step)
        assert "uses" not in step or _PINNED.fullmatch(step["uses"]), step
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"
    assert tree["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in text
    for job in tree["jobs"].values():
        assert int(job["timeout-minutes"]) <= 60
        assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])
    for installed in re.findall(r"pip install -q (.*)", runs(tree)):
        assert all(word == "-r" or word.endswith(".txt") or "==" in word for word in installed.split())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_words_from_outside_never_reach_a_shell(path: Path) -> None:
    """An expression inside a script is put there as text: whoever names a branch could write commands."""
    assert "${{" not in runs(read(path.name))


def test_only_the_deployment_may_ask_for_an_identity() -> None:
    assert all("permissions" not in job for job in read("test.yml")["jobs"].values())
    (job,) = read("deploy.yml")["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert job["env"]["DATABRICKS_AUTH_TYPE"] == "github-oidc"
    assert not {"DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET"} & set(job["env"])
    assert job["environment"] == job["env"]["TARGET"]
    assert "pull_request" not in read("deploy.yml")["on"]


def test_the_targets_are_those_of_the_bundle_and_get_what_they_ask_for() -> None:
    bundle = yaml.safe_load((ROOT / "databricks.yml").read_text())
    tree = read("deploy.yml")
    assert tree["on"]["workflow_dispatch"]["inputs"]["target"]["options"] == list(bundle["targets"])
    (job,) = tree["jobs"].values()
    given = {name.removeprefix("BUNDLE_VAR_") for name in job["env"] if name.startswith("BUNDLE_VAR_")}
    assert given == set().union(*(required(merged(bundle, target)) for target in bundle["targets"]))
    assert "prod" not in str(tree["on"]["push"])
    assert tree["concurrency"]["cancel-in-progress"] == "false"


def test_a_deployment_is_checked_before_and_tried_after() -> None:
    said = runs(read("deploy.yml"))
    order = ["deploy bundle", "bundle validate --strict", "bundle deploy", "bundle run lakehelm", "deploy verify"]
    places = [said.index(word) for word in order]
    assert places == sorted(places)


def test_every_change_is_tested_checked_and_audited() -> None:
    tree = read("test.yml")
    assert set(tree["jobs"]) == {"test", "deep", "ahead", "bundle", "dependencies"}
    said = runs(tree)
    assert {"pull_request", "push", "schedule"} == set(tree["on"])
    for word in (
        "make test",
        "make deep",
        "make ahead",
        "python -m deploy bundle",
        "pip-audit --strict",
        "cyclonedx-py environment",
    ):
        assert word in said
    assert "sbom" in [step["with"]["name"] for step in steps(tree) if "upload-artifact" in step.get("uses", "")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_of_ours_is_one(path: Path) -> None:
    lines = [line for line in runs(read(path.name)).splitlines() if line.strip().startswith("python -m deploy")]
    assert lines
    for line in lines:
        words = shlex.split(line.split(">")[0])[3:]
        assert command._parser().parse_args(words).run


def test_the_version_of_python_is_the_one_that_apps_have() -> None:
    for path in FILES:
        for step in steps(read(path.name)):
            if "setup-python" in step.get("uses", ""):
                assert step["with"]["python-version"] == "3.11"
