"""Figures: pure builders from a frame and a :class:`~components.tile.Look` to a body, at most 2,000 marks each.

Colours are explicit, by theme; every number is also in words (label or hover text); ``alt`` says the takeaway. Text
from frames goes through :func:`components.untrusted.chart`. An empty frame gives :class:`~components.tile.Empty`.
"""
