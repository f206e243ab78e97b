"""The GRANT statement on a tile is made from the engine's message: names in it are quoted, whatever they hold."""

from __future__ import annotations

import pytest

from warehouse.databricks_errors import _denied


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("system.billing.usage", "system.billing.usage"), ("main.hr data.x", "main.`hr data`.x"),
        ("a.b; DROP TABLE c", "a.`b; DROP TABLE c`"), ("`a.b`.c`d", "`a.b`.`c``d`"), ("x` TO `everyone", "`x`` TO ``everyone`"),
        ("main.x TO `account users`; --", "main.`x TO ``account users``; --`"),
    ],
)  # fmt: skip
def test_names_are_quoted(name: str, written: str) -> None:
    found = _denied(f"User does not have SELECT on Table '{name}'.")
    assert f"GRANT SELECT ON TABLE {written} TO `<" in str(vars(found))  # nothing else follows the name


def test_only_known_kinds_are_written() -> None:
    assert "ON TABLE x TO" in str(vars(_denied("User does not have SELECT on Anything 'x'.")))
    assert "ON SCHEMA a.b TO" in str(vars(_denied("User does not have USE SCHEMA on Schema 'a.b'.")))
