"""A figure of many marks as the browser gets it: what a click opens stays here, and hover text goes without its markup, which
JSON writes with six letters for each sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from typing import Any

import plotly.graph_objects as go

MANY = 100  # marks of a trace: fewer are sent as they are
_HOVER = "%{hovertext}<extra></extra>"
_READ = frozenset("%{}&;")  # signs of a template, and of an entity, which must not be cut
Marks = list[Any]  # the customdata of the marks, by the number that is sent for each


def lighter(figure: go.Figure) -> tuple[go.Figure, Marks]:
    """``figure`` with a number in place of each mark's customdata, and the customdata by that number; the figure itself and
    nothing where no trace has :data:`MANY` marks."""
    kept: Marks = []
    whole = figure.to_dict()
    traces = [_light(trace, kept) for trace in whole["data"]]
    if not kept:
        return figure, kept
    return type(figure)({"data": traces, "layout": whole["layout"]}, _validate=False), kept


def opened_by(point: Mapping[str, Any], marks: Marks) -> Mapping[str, Any]:
    """``point`` of a figure that was made lighter, with the customdata that its mark had."""
    sent = point.get("customdata")
    number = sent[0] if isinstance(sent, list) and sent else None
    if not isinstance(number, int) or not 0 <= number < len(marks):
        return point
    return {**point, "customdata": list(marks[number])}


def _light(trace: dict[str, Any], kept: Marks) -> dict[str, Any]:
    marks, texts = trace.get("customdata"), trace.get("hovertext")
    if marks is None or texts is None or len(marks) < MANY or trace.get("hovertemplate") != _HOVER:
        return trace
    lines = [text.split("<br>") for text in texts]
    if any(len(line) != len(lines[0]) or (line[0][:3], line[0][-4:]) != ("<b>", "</b>") for line in lines):
        return trace
    first = len(kept)
    kept.extend(marks)
    columns = [_shared(column) for column in zip(*([line[0][3:-4], *line[1:]] for line in lines), strict=True)]
    sent = [[first + at, *own] for at, own in enumerate(zip(*(own for _, own, _ in columns), strict=True))]
    said = [f"{head}%{{customdata[{at}]}}{tail}" for at, (head, _, tail) in enumerate(columns, 1)]
    others = {name: value for name, value in trace.items() if name != "hovertext"}
    return others | {
        "customdata": sent,
        "hovertemplate": "<br>".join([f"<b>{said[0]}</b>", *said[1:]]) + "<extra></extra>",
    }


def _shared(texts: Sequence[str]) -> tuple[str, list[str], str]:
    """What all ``texts`` begin and end with, and what each has between; nothing is shared that a template would read."""
    head = commonprefix(list(texts))  # noqa: RUF071  (letter by letter is what is meant)
    head = "" if _READ & {*head} else head
    tail = commonprefix([text[len(head) :][::-1] for text in texts])[::-1]  # noqa: RUF071
    tail = "" if _READ & {*tail} else tail
    return head, [text[len(head) : len(text) - len(tail)] for text in texts], tail
