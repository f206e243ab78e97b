"""Chat models that the emulated workspace serves: what they answer is made of the facts they are given, nothing else."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from demo.organisation import Organisation
from demo.workspace.serving import shown
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

CHAT = ("external_model", "foundation_model")


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Nothing of its own: the endpoints are those of :mod:`demo.workspace.serving`."""
    return {}


def invoke(state: State, request: Request, name: str) -> Json:
    """Ask the endpoint for a chat completion; refused where it serves no chat model or the request is no chat."""
    found = shown(state, name)
    served = found["config"]["served_entities"]
    if not any(kind in one for one in served for kind in CHAT):
        raise ApiRefused(400, "BAD_REQUEST", f"Endpoint {name} serves no chat model: send dataframe_records or inputs.")
    messages = request.body.get("messages")
    if not isinstance(messages, list) or not messages or not all(_said(one) for one in messages):
        raise ApiRefused(400, "BAD_REQUEST", "messages must be a list of role and content, with at least one.")
    text = _answer(str(messages[-1]["content"]))
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(state.clock().timestamp()),
        "model": served[0]["name"],
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": len(str(messages)) // 4, "completion_tokens": len(text) // 4},
    }


def _said(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("content"), str) and isinstance(one.get("role"), str)


def _answer(asked: str) -> str:
    """The first two of the facts, each as a sentence with its id."""
    try:
        facts = json.loads(asked)["facts"]
    except (ValueError, KeyError, TypeError):
        return "I need facts as JSON."
    said = [f"{text[:1].upper()}{text[1:].rstrip('.')} [{key}]." for key, text in list(facts.items())[:2]]
    return " ".join(said) or "Nothing is known."


ROUTES: tuple[Route, ...] = (("POST", r"/serving-endpoints/([^/]+)/invocations", invoke),)
