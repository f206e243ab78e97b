"""Figures: pure builders from a frame and a :class:`~components.text.view_context.Look` to a body, at most 2,000 marks each.

Colours are explicit, by theme; every number is also in words (label or hover text); ``alt`` says the takeaway. Text
from frames goes through :func:`components.text.untrusted.chart`. An empty frame gives :class:`~components.tiles.tile.Empty`.
"""
