"""The palette can be read and told apart, by people who see few colours too, and the theme file says the same."""

from __future__ import annotations

import itertools
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest

from components.text.tokens import DARK, LIGHT, OTHER, Tokens, contrast, entity_colours, fade, ink_on, mix

THEMES = {"light": LIGHT, "dark": DARK}
CONFIG = tomllib.loads((Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
Colour = tuple[float, float, float]

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHTS: dict[str, tuple[Colour, Colour, Colour]] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def lab(colour: str, sight: str) -> Colour:
    """CIE L*a*b* (D65) of ``colour`` as somebody with ``sight`` sees it."""
    srgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in srgb]
    r, g, b = (min(max(sum(m * c for m, c in zip(row, linear, strict=True)), 0), 1) for row in SIGHTS[sight])
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Colour, two: Colour) -> float:
    """CIEDE2000."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(c**7 / (c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(hm - 30))
        + 0.24 * math.cos(math.radians(2 * hm))
        + 0.32 * math.cos(math.radians(3 * hm + 6))
        - 0.20 * math.cos(math.radians(4 * hm - 63))
    )
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rt = -2 * math.sqrt(cm**7 / (cm**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((hm - 275) / 25) ** 2))))
    parts = (l2 - l1) / sl, (c2 - c1) / sc, big_h / sh
    return math.sqrt(sum(p * p for p in parts) + rt * parts[1] * parts[2])


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_measure_agrees_with_published_pairs(one: Colour, two: Colour, expected: float) -> None:
    assert difference(one, two) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_series_and_statuses_can_be_told_apart(theme: str, sight: str) -> None:
    ink = THEMES[theme]
    for colours in ((*ink.series, ink.other), (*ink.others, ink.other), (ink.ok, ink.watch, ink.act, ink.info)):
        seen = [lab(c, sight) for c in colours]
        assert min(difference(a, b) for a, b in itertools.combinations(seen, 2)) >= 10


@pytest.mark.parametrize("theme", THEMES)
def test_words_and_marks_stand_out(theme: str) -> None:
    ink = THEMES[theme]
    for ground in (ink.background, ink.surface):
        for word in (
            ink.text,
            ink.muted,
            CONFIG[theme]["primaryColor"],
            ink.ok,
            ink.watch,
            ink.act,
            ink.info,
            ink.unknown,
        ):
            assert contrast(word, ground) >= 4.5
        for mark in (*ink.series, *ink.others, ink.other):
            assert contrast(mark, ground) >= 3.0


@pytest.mark.parametrize("theme", THEMES)
def test_a_kept_day_is_seen_and_one_that_was_not_stands_out_more(theme: str) -> None:
    met, late, breached = (contrast(one, THEMES[theme].background) for one in THEMES[theme].sla)
    assert 1.8 <= met < 3.0 <= late and late > 1.5 * met and breached > 2 * met


@pytest.mark.parametrize("theme", THEMES)
def test_a_series_never_has_a_status_colour(theme: str) -> None:
    ink = THEMES[theme]
    assert not {*ink.series, *ink.others, ink.other} & {ink.ok, ink.watch, ink.act, ink.info, ink.unknown}


@pytest.mark.parametrize("theme", THEMES)
def test_products_and_all_else_can_be_told_apart(theme: str) -> None:
    ink = THEMES[theme]
    pairs = itertools.product(ink.series, ink.others)
    assert min(difference(lab(one, "normal"), lab(two, "normal")) for one, two in pairs) >= 10


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_file_says_the_same(theme: str) -> None:
    ink, file = THEMES[theme], CONFIG[theme]
    same: dict[str, Any] = {
        "backgroundColor": ink.background, "secondaryBackgroundColor": ink.surface, "textColor": ink.text,
        "borderColor": ink.border, "greenColor": ink.ok, "orangeColor": ink.watch,
        "redColor": ink.act, "blueColor": ink.info, "grayColor": ink.unknown,
        "chartDivergingColors": list(ink.diverging),
    }  # fmt: skip
    assert {key: file[key] for key in same} == same
    assert file["chartCategoricalColors"][:8] == [*ink.series, ink.other]


@pytest.mark.parametrize("theme", THEMES)
def test_the_steps_from_little_to_much_stand_out_more_and_more(theme: str) -> None:
    steps = [contrast(one, CONFIG[theme]["backgroundColor"]) for one in CONFIG[theme]["chartSequentialColors"]]
    assert len(steps) == 10
    assert steps == sorted(steps)


def test_an_entity_keeps_its_colour() -> None:
    many = entity_colours(["SQL", "JOBS", "team-a"], "light")
    assert many["JOBS"] == entity_colours(["JOBS"], "light")["JOBS"]
    assert many["SQL"] == entity_colours(["SQL", "DLT", "team-b"], "light")["SQL"]
    assert many[OTHER] == LIGHT.other
    assert entity_colours(["JOBS"], "dark")["JOBS"] != many["JOBS"]


@pytest.mark.parametrize("count", [1, 4, 7])
def test_seven_names_have_seven_colours(count: int) -> None:
    names = [f"workspace-{i}" for i in range(count)]
    assert len({entity_colours(names, "light")[n] for n in names}) == count


def test_the_eighth_name_is_grey_and_order_does_not_matter() -> None:
    names = [f"w{i}" for i in range(9)]
    colours = entity_colours(names, "dark")
    assert colours == entity_colours(reversed(names), "dark")
    assert list(colours.values()).count(DARK.other) == 3  # two names too many, and Other


@pytest.mark.parametrize("ink", [LIGHT, DARK])
def test_labels_on_the_change_ramp_can_be_read(ink: Tokens) -> None:
    steps = [mix(ink.diverging, share / 50) for share in range(51)]
    assert min(contrast(ink_on(fill), fill) for fill in steps) >= 4.5


def test_mixing_and_fading() -> None:
    assert mix(("#000000", "#FFFFFF"), 0.5) == "#808080"
    assert mix(("#000000", "#FFFFFF"), 7) == "#FFFFFF"
    assert fade("#1D4ED8", 0.1) == "rgba(29,78,216,0.1)"
