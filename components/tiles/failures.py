"""What a tile says in place of its figures when it could not be checked or drawn."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from components.text.untrusted import safe
from warehouse.errors import NoGrant, WarehouseError


def not_drawn(box: DeltaGenerator) -> None:
    """The tile itself is at fault."""
    box.markdown(":red[:material/error:] **Could not draw this panel**")
    box.caption("The rest of the page is not affected. The reason is in the app's log.")


def not_checked(box: DeltaGenerator, error: WarehouseError) -> None:
    """Its question was not answered, and what to do about it."""
    box.markdown(f":gray[:material/help:] **{safe(error.title)}**")
    box.markdown(safe(error.message, 400))
    if isinstance(error, NoGrant):
        box.caption("Ask a metastore admin to run:")
        box.code(error.grant, language="sql")
    else:
        box.caption(safe(error.remedy, 400))
