"""The form that proposes a change, on the pages whose tables have a button for it. It is no page itself."""

from __future__ import annotations

from actions.inbox_intake import InboxIntake
from actions.open import known_desk
from approvals.people.people import Person
from components.frame.identity import acting
from components.frame.page import Page
from components.sections.propose_saving import propose_asked
from settings import settings


def propose_where_asked(page: Page) -> None:
    """Open the form for the row whose button was pressed just now, for whoever acts."""
    propose_asked(page.limits.places, intake, me)


def intake() -> InboxIntake | None:
    """The room where people propose; None where no workspace is connected."""
    return InboxIntake(at) if (at := known_desk()) else None


def me() -> Person | None:
    """Who acts now, looked up anew."""
    return acting(settings(), at.directory) if (at := known_desk()) else None
