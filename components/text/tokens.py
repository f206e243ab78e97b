"""The palette: every colour the app draws itself, by theme. The same values stand in ``.streamlit/config.toml``.

Status colours mean status; series colours never repeat them. An entity keeps its colour on every page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from components.text.codes import in_words

Theme = Literal["light", "dark"]
OTHER = "Other"


@dataclass(frozen=True)
class Tokens:
    """Colours of one theme, as ``#RRGGBB``."""

    background: str
    surface: str
    text: str
    muted: str
    border: str
    ok: str
    watch: str
    act: str
    info: str
    unknown: str
    series: tuple[str, ...]  # seven products, and measures
    others: tuple[str, ...]  # seven entities of another kind
    other: str  # the grey of "Other"
    diverging: tuple[str, ...]  # ten steps, saving to overspend
    sla: tuple[str, str, str]  # met, late, breached


LIGHT = Tokens(
    background="#FFFFFF",
    surface="#F5F7FA",
    text="#111827",
    muted="#4B5563",
    border="#D9DEE6",
    ok="#0A6650",
    watch="#96690A",
    act="#8F0E1B",
    info="#1644C9",
    unknown="#5B6472",
    series=("#355BCB", "#CC7400", "#116E56", "#6B2350", "#4A1A9C", "#575A13", "#1996C3"),
    others=("#7D2D86", "#9A9142", "#46462F", "#429A7F", "#816946", "#D558D5", "#184949"),
    other="#6B7280",
    diverging=(
        "#0A5A66",
        "#347C82",
        "#56A09F",
        "#92C1BE",
        "#D2E2DF",
        "#EEE1D0",
        "#E7BD90",
        "#D69653",
        "#B0682E",
        "#8A3B00",
    ),
    sla=("#9CC5B0", "#D07A28", "#8F0E1B"),
)

DARK = Tokens(
    background="#0F1318",
    surface="#181D24",
    text="#E5E9F0",
    muted="#A3ADBB",
    border="#2C333D",
    ok="#7FE3C0",
    watch="#FEBF12",
    act="#F2555A",
    info="#4C9AFF",
    unknown="#94A0B0",
    series=("#5884F8", "#FCB26F", "#24F7E6", "#A66377", "#876CA5", "#608A05", "#0CC1FD"),
    others=("#C1C144", "#8C47D1", "#646B47", "#3CB484", "#366F7D", "#A48437", "#E3A9EA"),
    other="#8A94A3",
    diverging=(
        "#4FE3D0",
        "#3EB5AA",
        "#2E8A85",
        "#2E6263",
        "#2A3D42",
        "#413834",
        "#7B512F",
        "#B16C26",
        "#D88F42",
        "#FFB25E",
    ),
    sla=("#2F6352", "#D98A2B", "#FF6A6F"),
)

# Products, and the parts of a bill, keep a place of their own; all others find one of theirs by name.
_PLACES: Mapping[str, int] = MappingProxyType(
    {
        "All-purpose": 0, "DLT": 1, "Jobs": 2, "Model serving": 3, "SQL": 4, "Vector search": 5, "Interactive": 6,
        "Allocated": 2, "Untagged": 1, "Unallocated": 6, "Unpriced": 5,
    }
)  # fmt: skip


def tokens(theme: Theme) -> Tokens:
    """The palette of ``theme``."""
    return DARK if theme == "dark" else LIGHT


def entity_colours(names: Iterable[str], theme: Theme) -> dict[str, str]:
    """A colour for each name, the same on every page; ``Other`` and whatever finds no free place are grey.

    What is in the fixed list never shares a colour with another name. That one takes the place its digest points to, or the
    next free one, so two names drawn together differ as long as there are at most seven.
    """
    palette = tokens(theme)
    wanted = sorted(set(names) - {OTHER})
    colours = {name: palette.series[_PLACES[in_words(name)]] for name in wanted if in_words(name) in _PLACES}
    free = list(palette.others)
    for name in wanted:
        if name not in colours and free:
            first = hashlib.blake2b(name.encode(), digest_size=2).digest()[0] % len(palette.others)
            turned = palette.others[first:] + palette.others[:first]
            colours[name] = next(colour for colour in turned if colour in free)
            free.remove(colours[name])
    return {name: colours.get(name, palette.other) for name in (*wanted, OTHER)}


def idle_form(theme: Theme, mode: Literal["bar", "area"] = "bar") -> dict[str, Any]:
    """How what ran for nobody is filled, on every figure: grey and hatched, as Plotly writes it of bars and of an area."""
    ink = tokens(theme)
    hatch = {"shape": "/", "fgcolor": ink.background, "bgcolor": ink.other, "size": 6, "solidity": 0.3}
    if mode == "bar":
        return {"marker": {"color": ink.other, "pattern": hatch}}
    return {
        "line": {"color": ink.other, "width": 1},
        "fillcolor": ink.other,
        "fillpattern": hatch,
    }


def mix(stops: tuple[str, ...], share: float) -> str:
    """The colour at ``share`` (0..1) along ``stops``."""
    share = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    left = min(int(share), len(stops) - 2)
    a, b = _rgb(stops[left]), _rgb(stops[left + 1])
    return "#" + "".join(f"{round(x + (y - x) * (share - left)):02X}" for x, y in zip(a, b, strict=True))


def fade(colour: str, alpha: float) -> str:
    """``colour`` at opacity ``alpha``, as Plotly writes it."""
    red, green, blue = _rgb(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours, 1..21 (relative luminance of sRGB)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """Black or white text, whichever reads better on ``fill``."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, fill))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [c / 255 for c in _rgb(colour)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
