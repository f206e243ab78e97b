"""Settings come from the environment, typed; every one of them is documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from settings import Settings, from_environment, variable_of

DOCS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"


def test_defaults_are_the_laptop() -> None:
    made = from_environment({})
    assert (made.profile, made.scale, made.store) == ("embedded", 1.0, f"sqlite:///{made.home / 'store.sqlite'}")


def test_values_are_typed_and_empty_means_default() -> None:
    made = from_environment({"LAKEHELM_SCALE": "0.1", "LAKEHELM_SEED": "", "LAKEHELM_HOME": "/tmp/x"})
    assert (made.scale, made.seed, made.home) == (0.1, 7, Path("/tmp/x"))


@pytest.mark.parametrize(
    ("name", "value"), [("LAKEHELM_SCALE", "big"), ("LAKEHELM_PROFILE", "cloud"), ("LAKEHELM_LOCAL", "maybe")]
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        from_environment({name: value})


def test_secrets_never_show_in_the_settings_text() -> None:
    assert "s3cr3t" not in repr(Settings(client_secret="s3cr3t", token="s3cr3t"))


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{variable_of(name)}`" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("environment", "user"),
    [
        ({}, "dev:local"),
        ({"LAKEHELM_PROFILE": "databricks"}, None),
        ({"LAKEHELM_PROFILE": "databricks", "LAKEHELM_LOCAL": "true"}, "dev:local"),
        ({"LAKEHELM_LOCAL": "true", "DATABRICKS_APP_NAME": "lakehelm"}, None),
        ({"DATABRICKS_APP_NAME": "lakehelm"}, None),
    ],
)
def test_only_a_laptop_has_a_local_user(environment: dict[str, str], user: str | None) -> None:
    assert from_environment(environment).local_user == user
