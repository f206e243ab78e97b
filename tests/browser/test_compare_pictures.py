"""Two folders of pictures are compared as eyes would."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.compare_pictures import main


def picture(path: Path, colour: tuple[int, int, int], dot: bool = False) -> None:
    path.parent.mkdir(exist_ok=True)
    image = Image.new("RGB", (20, 10), colour)
    if dot:
        image.putpixel((3, 4), (255, 0, 0))
    image.save(path)


def test_what_differs_is_named_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for name, dot in (("same.png", False), ("other.png", True)):
        picture(before / name, (200, 200, 200))
        picture(after / name, (203, 200, 200), dot)
    assert main(before, after) == 1
    assert capsys.readouterr().out.splitlines() == [
        "other.png: 1 pixels within (3, 4, 4, 5)",
        "1 of 2 pictures are alike",
    ]


def test_a_picture_that_is_missing_is_a_difference(tmp_path: Path) -> None:
    picture(tmp_path / "before" / "a.png", (1, 2, 3))
    (tmp_path / "after").mkdir()
    assert main(tmp_path / "before", tmp_path / "after") == 1
    assert main(tmp_path / "after", tmp_path / "after") == 1
