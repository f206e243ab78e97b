"""What became of proposals is read again when it has changed, not at every look."""

from __future__ import annotations

from pathlib import Path

from components.sections.became import database
from tests.support.stores import store_at


def test_every_transaction_of_a_store_is_of_the_same_database(tmp_path: Path) -> None:
    one, other = store_at(tmp_path / "one.sqlite"), store_at(tmp_path / "other.sqlite")
    with one.reading() as first, one.reading() as second, other.reading() as third:
        assert database(first) == database(second) != database(third)
