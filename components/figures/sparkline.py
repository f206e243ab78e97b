"""A trend as small as a word: an SVG that needs no chart library in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from components.text.tokens import Theme, tokens

WIDTH, HEIGHT, EDGE = 110, 28, 5  # pixels


def sparkline(values: Sequence[float], limit: float | None, theme: Theme, said: str) -> str:
    """``values``, the oldest first, as a line with its newest point, and ``limit`` dashed where it is in sight. ``said`` is
    what it shows in words of ours."""
    ink = tokens(theme)
    shown = [*values, limit] if limit is not None and _in_sight(limit, values) else list(values)
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    span = (high - low) or 1.0

    def height(value: float) -> float:
        return round(HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE), 1)

    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    points = [(round(EDGE + step * place, 1), height(value)) for place, value in enumerate(values)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{said}</title>",
    ]
    if len(shown) > len(values) and limit is not None:
        y = height(limit)
        parts.append(f'<path d="M0 {y}H{WIDTH}" stroke="{ink.watch}" stroke-dasharray="3 3" stroke-width="1"/>')
    if points:
        path = "L".join(f"{x} {y}" for x, y in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{ink.muted}" stroke-width="1.5"/>')
        parts.append(f'<circle cx="{points[-1][0]}" cy="{points[-1][1]}" r="2.5" fill="{ink.text}"/>')
    return "".join([*parts, "</svg>"])


def _in_sight(limit: float, values: Sequence[float]) -> bool:
    """Whether the limit can be drawn without making the trend flat."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return low - 2 * (high - low) <= limit <= high + 2 * (high - low)
