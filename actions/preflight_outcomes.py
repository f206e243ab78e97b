"""What the last look before acting may come to, besides: it may act."""

from __future__ import annotations

from approvals.values.proposal import Content


class PreflightRefused(Exception):
    """The action must not run; nothing was done. The message is the reason for the ledger."""


class Waits(Exception):
    """The action cannot run now; it is tried again. ``hold`` is the chip people see."""

    def __init__(self, hold: str, why: str) -> None:
        super().__init__(why)
        self.hold = hold


class Moved(Exception):
    """The target or its evidence is not what was approved: ``content`` is the next revision."""

    def __init__(self, content: Content, why: str) -> None:
        super().__init__(why)
        self.content = content


class LostRight(Exception):
    """Votes of people (ids) who may not decide any more."""

    def __init__(self, voters: list[str]) -> None:
        super().__init__(f"no longer among those who may approve: {', '.join(voters)}")
        self.voters = voters


class Moot(Exception):
    """The wanted state is there already."""


class Late(Exception):
    """The call of an earlier attempt had its effect after all, or may have had it."""

    def __init__(self) -> None:
        super().__init__("the call of an earlier attempt may have had its effect")
