"""The words of the field and ours that remain on the pages, each said in a sentence or two; a help text that uses one leads
to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

PAGE = "glossary"  # the address of the page; a word stands at its #key


@dataclass(frozen=True)
class Word:
    """``word`` as it is headed, which is also its place in the page; ``says`` what it means; ``spelt`` a pattern of how texts
    use it, where that is not the word itself."""

    word: str
    says: str
    spelt: str = ""

    @property
    def key(self) -> str:
        """The word's part of the address."""
        return re.sub(r"[^a-z0-9]+", "-", self.word.casefold()).strip("-")

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{self.spelt or re.escape(self.word)})\b", re.IGNORECASE)


WORDS: tuple[Word, ...] = (
    Word("Basis", "Which prices an amount is counted with: list or net. Amounts of two bases are never added."),
    Word(
        "List price",
        "The price that Databricks publishes for a SKU, before any discount. What the account really pays is the net price.",
        r"list prices?|list:",
    ),
    Word(
        "Net price",
        "The price of your contract, where the account's price table holds it; also called contract price.",
        r"(?:net|contract) prices?|net:",
    ),
    Word("DBU", "Databricks unit: what usage is measured in before it has a price. How many an hour of compute takes depends on "
         "its kind and size.", "DBUs?"),
    Word("SKU", "The item on the bill that has a price: a kind of compute at a tier in a region.", "SKUs?"),
    Word("Correction", "A record with which Databricks takes back or replaces usage that it billed before. It changes the month "
         "of the usage, also after its end.", r"corrections?|retractions?|restatements?"),
    Word("Idle", "Compute that was on and billed while no statement and no job ran on it.", r"idle(?: time)?"),
    Word("Untagged", "Usage that names no cost centre. Where idle time has a part of its own it is taken out first, so that "
         "untagged is less there than where it has none.", r"without the tag|untagged"),
    Word("Unallocated", "Usage of shared compute that no job, statement or person can be named for."),
    Word("Cost centre", "What a bill is handed on to, by a tag of the usage. Which tags count is a setting."),
    Word("Usual", "What a thing did on comparable days before: same weekday, same hour, changes and outliers left out.", "usual"),
    Word("Forecast range", "Between its ends lie 8 of 10 outcomes, judged by how earlier forecasts missed.", r"8 of 10|forecast"),
    Word("Chance", "How often so unusual a day comes by luck in quiet times. 1 in 2,500 is once in seven years.", "chance"),
    Word("Job day", "One job on one day on which it was due. Ten jobs over a week of weekdays are 50 job days.",
         "job days?|promised days?"),
    Word("Learned deadline", "The time in which 19 of 20 good runs of 30 days have ended, and a quarter more, from ten such runs "
         "on. A habit, not a promise: it counts until somebody declares one.", r"learned(?: deadlines?| one)?"),
    Word("Declared deadline", "The time by which somebody has said that a job must have ended; it is judged in the zone it was "
         "declared in.", r"declared(?: deadlines?)?"),
    Word("May still be missed", "How many job days: one in twenty, in whole days. It falls with every missed day.",
         "may still be missed"),
    Word("Missing", "A day on which a job was due and no run came.", "missing"),
    Word("95th percentile", "19 of 20 runs took no longer; one in twenty did.", r"95th percentile|p95"),
    Word("Attempt", "A run may be tried again, by its own retries or by a repair. Repaired runs count once, by how they ended.",
         r"attempts?|repairs?|retries"),
    Word("Risk class", "How grave a change is, R0 to R4: no risk, low, medium, high (wide, or about rights; never by itself), "
         "highest (cannot be undone; its name has to be typed).", r"(?:high|highest|medium|low|no) risk|risk class|R[0-4]"),
    Word("Seat", "One of the agreements that a change needs: one person of a group, or the owner. Two seats are two people.",
         r"seats?|how many must"),
    Word("Hold", "What keeps an agreed change from starting: a freeze, a closed window, a stop, a busy target. It starts by "
         "itself when the hold ends.", r"holds?|held"),
    Word("Freeze", "A time in which some changes do not start, as weekends or the month-end close.", "freezes?"),
    Word("Undo window", "The time after the last agreement in which a decision can be taken back before anything runs."),
    Word("Evidence age", "How old the oldest figure is that a proposal rests on. What is too old is read again before it acts.",
         r"evidence(?: age)?|oldest figure"),
    Word("Sure", "What the agent says of itself, and beside it how its earlier proposals of this kind ended.",
         r"says of itself|confidence"),
    Word("Fingerprint", "A digest of exactly what will run. A vote signs it; when anything changes, the votes no longer count.",
         r"fingerprint|digest"),
    Word("Reaches", "The tables, jobs and people after the target of a change, by lineage: who notices when it goes wrong.",
         r"reaches|consumers?"),
    Word("By itself", "What the policy lets run without asking: only low risks, by agents that have earned it.", "by itself"),
    Word("Shadow", "An agent at trust level 0: it may propose, and nothing of it runs by itself. The policy raises it to 1 "
         "(proposes), 2 and 3 (acts on low risks).", r"shadow|trust level"),
    Word("Emergency", "The emergency group decides in place of everybody else, and freezes do not count. Everybody is told, and "
         "it is reviewed afterwards.", "emergency"),
    Word("Ledger", "The record of every step, each entry bound to the one before, so that a later change would show.", "ledger"),
)  # fmt: skip


def anchor(word: Word) -> str:
    """The word's address, from the root of the app."""
    return f"/{PAGE}#{word.key}"


@lru_cache(1024)
def used(text: str) -> tuple[Word, ...]:
    """The words that stand in ``text``, at most three, in its order."""
    found = [(at.start(), word) for word in WORDS if (at := word.pattern.search(text))]
    return tuple(word for _, word in sorted(found, key=lambda pair: pair[0])[:3])


def links(text: str) -> str:
    """Links to the words that stand in ``text``, as Markdown; empty where there is none."""
    return " · ".join(f"[{word.word}]({anchor(word)})" for word in used(text))


def explained(help_text: str, about: str = "") -> str:
    """``help_text`` (Markdown of ours, or made safe) with links to the words that it, or what it is ``about``, uses."""
    found = links(f"{about} {help_text}")
    return f"{help_text}  \n{found}" if found else help_text
