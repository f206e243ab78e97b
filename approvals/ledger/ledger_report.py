"""What a verification says, in sentences for a person."""

from __future__ import annotations

from approvals.ledger.ledger_verify import BROKEN, INCOMPARABLE, INTACT, REWRITTEN, UNREADABLE, Report


def said(report: Report) -> str:
    """The report in sentences, one a line."""
    if report.code != INTACT:
        word = {
            BROKEN: "BROKEN",
            REWRITTEN: "TRUNCATED OR REWRITTEN",
            UNREADABLE: "UNREADABLE",
            INCOMPARABLE: "NOTHING TO COMPARE WITH",
        }[report.code]
        where = f" at entry {report.seq:,}" if report.seq is not None else ""
        lines = [f"{word}{where}: {report.problem}"]
    elif report.proposal_id is not None:
        lines = [
            f"{report.entries:,} entries of proposal {report.proposal_id}: each matches its own hash and its story is "
            "possible.",
            "Whether entries are missing, and whether these stand in the chain, only the whole ledger shows: verify a "
            "full export with --proposal.",
        ]
    else:
        lines = [
            f"intact: {report.entries:,} entries of installation {report.install_id}, the last is {report.last_hash}"
        ]
        lines += _trust(report)
    return "\n".join([*lines, *(f"note: {warning}" for warning in report.warnings)])


def _trust(report: Report) -> list[str]:
    if report.checkpoint_seq is None:
        return ["No checkpoint was compared: a tail that was cut off or a chain written anew would not show."]
    after = report.after_checkpoint
    rest = f"; the {after:,} entries after it rest on the chain alone" if after else ""
    key = "" if report.pinned else " The key was named by the export itself; name the one you trust with --key."
    return [f"Agrees with the checkpoint at entry {report.checkpoint_seq:,}{rest}.{key}"]
