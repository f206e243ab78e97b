"""The budget of a month as a page compares it: it is the whole account's, in one currency and at one kind of prices."""

from __future__ import annotations

import pandas as pd

from components.frame.page import Page
from components.panels.month_end import budgeted
from components.text import format as fmt
from settings import Settings


def budget_for(page: Page, chosen: Settings) -> pd.DataFrame:
    """The budget (``amount``) or ``why`` it is not compared with what the page shows; empty where none is set, and for who
    may see some rows only."""
    if chosen.budget is None or page.limits.any:
        return budgeted(None)
    amount, currency, basis = chosen.budget
    if page.look.limited:
        return budgeted(None, "The budget is the whole account's; a part of it is not compared with it.")
    if (currency, basis) != (page.look.currency, page.look.basis):
        much = fmt.money(amount, currency, basis=basis)
        return budgeted(None, f"The budget is {much}; it is compared where {currency} and {basis} prices are chosen.")
    return budgeted(float(amount))
