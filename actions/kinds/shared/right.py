"""What the app must hold on an object to carry out a kind of action there. Rights are given object by object, by whoever
owns the object; nothing here is given by the deployment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Right:
    """``level`` on an object of the permissions API's type ``on``; or, where ``on`` is "", in ``words``."""

    on: str = ""
    level: str = ""
    words: str = ""

    @property
    def said(self) -> str:
        return f"{self.level} on the object" if self.on else self.words


NOTHING = Right(words="nothing: it sends a message")
