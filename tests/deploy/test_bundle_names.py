"""Names are checked as they resolve, for any name of a target; two developers never share an app or a database."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.bundle import checked
from deploy.bundle_names import complaints, resolved
from deploy.bundle_target import merged
from settings import ROOT

TREE = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))


def said(target: str) -> list[str]:
    """The complaints when prod is called ``target``."""
    tree = TREE | {"targets": {target: TREE["targets"]["prod"]}}
    return list(complaints(merged(tree, target), target))


def test_the_real_names_are_right() -> None:
    assert [one for target in TREE["targets"] for one in complaints(merged(TREE, target), target)] == []


@pytest.mark.parametrize(
    "target", ["prod_eu", "PROD", "production-europe-west-frankfurt", "prod.eu", "prod eu", "prodé", ""]
)
def test_a_name_that_the_platform_refuses_is_found(target: str) -> None:
    found = said(target)
    if target:
        assert any("app name: 2-30 small letters, digits and hyphens" in one for one in found)
    assert (resolved(merged(TREE, "prod"), target, "lakehelm-${bundle.target}")) == f"lakehelm-{target}"


@given(st.text(min_size=1, max_size=40))
def test_any_name_of_a_target_is_refused_or_fits(target: str) -> None:
    app = f"lakehelm-{target}"
    refused = any(".apps." in one for one in said(target))
    assert refused is (re.fullmatch("[a-z0-9-]{2,30}", app) is None)


@given(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True))
def test_a_plain_name_is_fine(target: str) -> None:
    assert said(target) == []


def test_the_check_of_the_files_says_so(tmp_path: Path) -> None:
    for name in ("databricks.yml", "app.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    file = tmp_path / "databricks.yml"
    file.write_text(file.read_text().replace("\n  prod:\n", "\n  PROD:\n"))
    wrong = [one.found for one in checked(tmp_path) if one.state == "fail"]
    assert any("'lakehelm-PROD' is no app name: 2-30 small letters, digits and hyphens" in one for one in wrong)


def test_two_developers_have_two_apps_and_two_databases() -> None:
    dev = merged(TREE, "dev")
    for kind, key, field in (("apps", "lakehelm", "name"), ("postgres_projects", "store", "project_id")):
        assert "${workspace.current_user." in dev["resources"][kind][key][field]
    shared = TREE | {"targets": {"dev": {"mode": "development"}}}
    assert sum("two developers would share" in one for one in complaints(merged(shared, "dev"), "dev")) == 2


def test_a_name_through_variables_is_resolved() -> None:
    tree = {"variables": {"a": {"default": "${var.b}-${bundle.target}"}, "b": {"default": "X"}},
            "resources": {"apps": {"one": {"name": "${var.a}"}}}, "targets": {"t": {}}}  # fmt: skip
    assert list(complaints(merged(tree, "t"), "t")) == [
        "resources.apps.one.name: 'X-t' is no app name: 2-30 small letters, digits and hyphens"
    ]
