"""`python -m tests.browser.compare_pictures BEFORE AFTER`: which pictures of two folders (`tests.browser.screenshots FOLDER`
writes them) differ, by how many pixels and where. Exit code 1 where any does, or where one folder lacks a picture."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageChops

SAME = 8  # of 255: what is drawn twice differs so little where edges are smoothed


def difference(before: Path, after: Path) -> str:
    """In words; empty where nobody could see one."""
    with Image.open(before) as one, Image.open(after) as other:
        if one.size != other.size:
            return f"{one.size} became {other.size}"
        apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).convert("L")
    seen = apart.point([0 if value <= SAME else 255 for value in range(256)])
    box = seen.getbbox()
    return f"{seen.histogram()[255]} pixels within {box}" if box else ""


def main(before: Path, after: Path) -> int:
    """A line for each picture that differs."""
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.png")})
    found = {}
    for name in names:
        if not ((before / name).exists() and (after / name).exists()):
            found[name] = "is in one folder only"
        elif said := difference(before / name, after / name):
            found[name] = said
    for name, said in found.items():
        print(f"{name}: {said}")
    print(f"{len(names) - len(found)} of {len(names)} pictures are alike")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
