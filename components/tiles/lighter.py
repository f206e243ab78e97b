"""A figure as the browser gets it: what a click opens stays here, hover text goes without its markup, which JSON writes with six
letters for each sign, without what the marks of a trace share and without days that stand in their x. Moments of equal steps go
as the first and the step, and numbers without digits that nobody sees. Made once; a run of a page writes it down and copies
nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from os.path import commonprefix
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

MANY = 48  # moments, from which on a first one and a step take less room
_SECONDS = len("2026-01-01 00:00:00")
DIGITS = 5  # of a number that is no whole one: a screen has fewer dots than that
_HOVER = "%{hovertext}<extra></extra>"
_READ = frozenset("%{}&;")  # signs of a template, and of an entity, which must not be cut
_DATES: Mapping[
    str, Callable[[dt.datetime], str]
] = {  # what a template calls a moment of x -> how a hover text begins that says it
    "%{x|%a %-d %b %H:%M}": lambda at: f"{at:%a} {at.day} {at:%b %H:%M}",
    "%{x|%a %-d %b}": lambda at: f"{at:%a} {at.day} {at:%b}",
}
Marks = dict[int, list[Any]]  # place of a trace -> the customdata of its marks


class Spec(dict[str, Any]):
    """What is written down, and how it was, once it has been."""

    written: str | None = None


class Sent(go.Figure):  # type: ignore[misc]  # plotly is not typed
    """A figure that is written down as it is."""

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__()
        self._spec = Spec(spec)

    def to_dict(self) -> dict[str, Any]:
        """The very values, to be read only."""
        return self._spec

    def showing(self, part: str) -> Sent:
        """The figure, a treemap, with its ``part`` shown."""
        return Sent(self._spec | {"data": [trace | {"level": part} for trace in self._spec["data"]]})


def lighter(figure: go.Figure) -> tuple[Sent, Marks]:
    """``figure`` without the customdata of its marks, and the customdata."""
    whole: dict[str, Any] = json.loads(pio.to_json(figure, validate=False))
    marks = {at: trace["customdata"] for at, trace in enumerate(whole["data"]) if "customdata" in trace}
    traces = [_stepped(_rounded(_light(trace))) for trace in whole["data"]]
    return Sent(whole | {"data": traces, "layout": _own(whole["layout"], traces)}), marks


def opened_by(point: Mapping[str, Any], marks: Marks) -> Mapping[str, Any]:
    """``point`` of a figure that was made lighter, with the customdata that its mark had; none for a mark that is not there."""
    others = {name: value for name, value in point.items() if name != "customdata"}
    curve, number = point.get("curve_number"), point.get("point_index")
    kept = marks.get(curve, []) if isinstance(curve, int) else []
    return others | {"customdata": kept[number]} if isinstance(number, int) and 0 <= number < len(kept) else others


def _light(trace: dict[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in trace.items() if name not in ("customdata", "hovertext")}
    texts = trace.get("hovertext")
    if not isinstance(texts, list) or not texts or trace.get("hovertemplate") != _HOVER:
        return trace | others
    lines = [text.split("<br>") for text in texts]
    if any((line[0][:3], line[0][-4:]) != ("<b>", "</b>") for line in lines):
        return others | {"hovertext": texts}
    every = min(map(len, lines))  # what only some of them say is sent with its markup
    more = ["".join(f"<br>{one}" for one in line[every:]) for line in lines]
    said: list[str] = []
    sent: list[list[str]] = []
    for column in [*zip(*([line[0][3:-4], *line[1:every]] for line in lines), strict=True), more]:
        words, own = _said(column, trace, len(sent))
        said.append(words)
        sent += [own] if any(own) else []
    told = {"hovertemplate": "<br>".join([f"<b>{said[0]}</b>", *said[1:-1]]) + said[-1] + "<extra></extra>"}
    return others | told | ({"customdata": [list(own) for own in zip(*sent, strict=True)]} if sent else {})


def _said(texts: Sequence[str], trace: Mapping[str, Any], place: int) -> tuple[str, list[str]]:
    """How a template of ``trace`` says ``texts``, and what is sent of each for it, at ``place`` of the customdata."""
    if list(texts) == trace.get("labels"):
        return "%{label}", []
    date, rest = _dated(texts, trace.get("x"))
    head, own, tail = _shared(rest)
    return date + head + (f"%{{customdata[{place}]}}" if any(own) else "") + tail, own


def _dated(texts: Sequence[str], moments: Any) -> tuple[str, Sequence[str]]:
    """How a template says the moment of ``moments`` that each of ``texts`` begins with, and what comes after it."""
    if not isinstance(moments, list) or len(moments) != len(texts):
        return "", texts
    try:
        times = [dt.datetime.fromisoformat(at) for at in moments]
    except (TypeError, ValueError):
        return "", texts
    if any(at.tzinfo for at in times):
        return "", texts
    for written, read in _DATES.items():
        words = [read(at) for at in times]
        if all(text.startswith(word) for text, word in zip(texts, words, strict=True)):
            return written, [text[len(word) :] for text, word in zip(texts, words, strict=True)]
    return "", texts


def _shared(texts: Sequence[str]) -> tuple[str, list[str], str]:
    """What all ``texts`` begin and end with, and what each has between; nothing is shared that a template would read."""
    head = commonprefix(list(texts))  # noqa: RUF071  (letter by letter is what is meant)
    head = "" if _READ & {*head} else head
    tail = commonprefix([text[len(head) :][::-1] for text in texts])[::-1]  # noqa: RUF071
    tail = "" if _READ & {*tail} else tail
    return head, [text[len(head) : len(text) - len(tail)] for text in texts], tail


def _stepped(trace: dict[str, Any]) -> dict[str, Any]:
    """``trace`` with the first moment and the step in place of many moments that are as far from each other."""
    moments = trace.get("x")
    if trace.get("type") not in ("scatter", "bar") or not isinstance(moments, list) or len(moments) < MANY:
        return trace
    try:
        times = [dt.datetime.fromisoformat(at) for at in moments]
    except (TypeError, ValueError):
        return trace
    step = times[1] - times[0]
    if any(later - at != step for at, later in pairwise(times)):
        whole = all(len(at) == _SECONDS and at.endswith(":00") for at in moments)
        return trace | {"x": [at.removesuffix(":00") for at in moments]} if whole else trace
    others = {name: value for name, value in trace.items() if name != "x"}
    return others | {"x0": moments[0], "dx": step / dt.timedelta(milliseconds=1)}


def _rounded(trace: dict[str, Any]) -> dict[str, Any]:
    return {name: [*map(_short, value)] if isinstance(value, list) else value for name, value in trace.items()}


def _short(value: Any) -> Any:
    """A number in the digits that can be seen; a whole one, which may be a moment, in all of them."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) and not value.is_integer() else value


def _own(layout: dict[str, Any], traces: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``layout`` with the part of its template that is about ``traces``: scales of colours are in none of our figures."""
    template, kinds = layout.get("template", {}), {trace.get("type", "scatter") for trace in traces}
    data = {kind: said for kind, said in template.get("data", {}).items() if kind in kinds}
    colours = {name: said for name, said in template.get("layout", {}).items() if name == "colorway"}
    return layout | {"template": {"data": data, "layout": colours}}
