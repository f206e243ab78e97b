"""Who proposes, as the directory knows them: whoever stands behind an agent never decides on what it hands in, so they
have to be known by their id."""

from __future__ import annotations

from approvals.people.people import Directory, Person, folded
from approvals.values.proposal import Agent
from approvals.values.refusals import Refusal

PERSON = "person"  # the agent of what people propose


class UnknownProposer(Refusal):
    """A person is named as proposer or sponsor whom the directory does not know."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Nobody in the directory is called {folded(name)!r}: who stands behind a proposal must be known."
        )


def known(directory: Directory, agent: Agent) -> Agent:
    """``agent`` with its sponsor by their id. Who signs in as a person has that person as its sponsor. Raises
    :class:`UnknownProposer`, and :class:`approvals.people.people.Unreachable` while nobody can be looked up."""
    own = _person(directory, agent.principal) if "@" in folded(agent.principal) else None
    sponsor = directory.person(agent.sponsor) or _person(directory, agent.sponsor) if agent.sponsor else own
    if own is not None and sponsor != own:
        raise Refusal("Who signs in as a person has that person as its sponsor, nobody else.")
    principal = own.name if own is not None else agent.principal
    return agent.model_copy(update={"principal": principal, "sponsor": sponsor.id if sponsor else None})


def by_person(person: Person) -> Agent:
    """A person as proposer: they are the sponsor too, so they may not decide."""
    return Agent(id=PERSON, version="1", principal=person.name, sponsor=person.id)


def _person(directory: Directory, name: str) -> Person:
    """Whoever bears this user name, however it is written."""
    found = directory.named(name) or directory.named(folded(name))
    if found is None:
        raise UnknownProposer(name)
    return found
