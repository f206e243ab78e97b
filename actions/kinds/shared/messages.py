"""What the kinds that only tell somebody something share: they change nothing and call nothing.

The executor puts the message into the outbox in the transaction that records the outcome, under the key of the
execution: it is there once, or not at all. From there :mod:`actions.deliver` sends it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StringConstraints

from actions.kinds.shared.kind import Found, Intent, Kind, P, Params
from actions.kinds.shared.right import NOTHING
from approvals.values.proposal import Change, Check, DryRun, Impact, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

# Someone's address, the name of a group, an id: nothing that a chat reads as a mention, a link or markup.
Recipient = Annotated[str, StringConstraints(pattern=r"^[^@<>!|`\x00-\x1f\x7f][^<>!|`\x00-\x1f\x7f]{0,254}$")]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]{0,4000}$")]


class Note(Params):
    """To whom, and what."""

    words = frozenset({"subject", "text"})
    recipient: Recipient = Field(title="To")
    subject: Line = Field(title="Subject")
    text: Words = Field(default="", title="Text")


class Message(Kind[P]):
    """A message to a person or a system outside; ``channel`` chooses the webhook that takes it. Its parameters
    have a ``subject``."""

    right = NOTHING
    resource = "any"
    base_risk, reversibility, dry_run_mode, idempotency, repeatable = 0, "none", "native", "key", True
    sends, needs_evidence = True, False
    verify_plan = VerifyPlan(settle_s=0, interval_s=1, window_s=10)
    channel: ClassVar[str]

    def snapshot(self, read: WorkspaceClient, target: Target, params: P) -> Json:
        return {}

    def plan(self, image: Json, params: P) -> tuple[Change, ...]:
        return (Change(path="message", before=None, after=dict(params)["subject"]),)

    def steps(self, target: Target, params: P) -> tuple[str, ...]:
        return (f"Put the message into the outbox of the channel {self.channel}",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: P, image: Json) -> DryRun:
        """What would be sent is known to the last letter without sending it."""
        return DryRun(mode="native")

    def blast(self, image: Json, params: P) -> Impact:
        return Impact(objects=0)

    @abstractmethod
    def recipient(self, params: P) -> str:
        """Whom it is for, as the receiving system knows them."""

    def message(self, target: Target, params: P, key: str) -> Json:
        about = {"workspace_id": target.workspace_id, "type": target.type, "id": target.id, "name": target.name}
        more = params.model_dump(mode="json", exclude={"recipient", "queue"})
        return {"channel": self.channel, "recipient": self.recipient(params), "body": more | {"about": about}}

    def execute(self, act: WorkspaceClient, target: Target, params: P, image: Json, key: str) -> Json:
        return {}

    def find(self, read: WorkspaceClient, target: Target, params: P, image: Json, intent: Intent) -> Found:
        """A message is written together with the outcome: where no outcome is recorded, there is none."""
        return "none"

    def verify(self, read: WorkspaceClient, target: Target, params: P, image: Json, refs: Json) -> tuple[Check, ...]:
        """Nothing outside to read: the recorded outcome and the message are one transaction."""
        return (
            Check(id="message", expected="the message is in the outbox", observed="written with the outcome", ok=True),
        )
