"""Why something that a person or an agent wanted was not done. The message says what to do, in words for the person."""

from __future__ import annotations

import datetime as dt


class Refusal(Exception):
    """Nothing was changed. ``str()`` is a sentence for the person."""


class NoSuchProposal(Refusal):
    """The id is unknown."""

    def __init__(self, proposal_id: str) -> None:
        super().__init__("There is no such proposal.")
        self.proposal_id = proposal_id


class AlreadyDecided(Refusal):
    """Somebody or something was faster. ``verb``, ``by``, ``at`` (UTC) and ``comment`` tell how it was decided."""

    def __init__(self, state: str, verb: str, by: str, at: dt.datetime | None, comment: str) -> None:
        super().__init__(f"It is already {state}" + (f", by {by}." if by else "."))
        self.state, self.verb, self.by, self.at, self.comment = state, verb, by, at, comment


class Changed(Refusal):
    """What was on the screen is not what would be decided now: revision or digest differ."""

    def __init__(self) -> None:
        super().__init__("The proposal changed since you opened it. Read it again before you decide.")


class NotYours(Refusal):
    """The person may not decide on this proposal."""


class AlreadyVoted(Refusal):
    """One person, one vote, whatever hats."""

    def __init__(self) -> None:
        super().__init__("You have already voted on this revision.")


class TooSoon(Refusal):
    """Nobody has read a card in the moment since it opened."""

    def __init__(self) -> None:
        super().__init__("You have not seen it yet: it opened less than a second ago. Read it, then decide.")


class CommentNeeded(Refusal):
    """This decision needs a reason in words."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Write a comment: {why}.")


class NameNeeded(Refusal):
    """An irreversible action needs the resource's name typed."""

    def __init__(self, name: str) -> None:
        super().__init__("Type the name of the resource to confirm: this cannot be undone.")
        self.name = name


class TooLate(Refusal):
    """The action has begun; only its undo can take it back."""


class Raced(Exception):
    """Another transaction changed the row first; the whole step must be looked at again."""
