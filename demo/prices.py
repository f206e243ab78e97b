"""SKUs and what they cost: ``billing.list_prices`` and ``billing.account_prices``, in two currencies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from demo.names import ACCOUNT, EUROPE
from demo.organisation import Organisation
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REGIONS = {"us-east-1": "US_EAST_N_VIRGINIA", "eu-west-1": "EU_IRELAND"}
# SKU stem: (list price in USD per unit, unit, regional)
PRICES: dict[str, tuple[str, str, bool]] = {
    "ENTERPRISE_JOBS_COMPUTE": ("0.20", "DBU", False),
    "ENTERPRISE_JOBS_SERVERLESS_COMPUTE": ("0.45", "DBU", True),
    "ENTERPRISE_ALL_PURPOSE_COMPUTE": ("0.65", "DBU", False),
    "ENTERPRISE_SERVERLESS_SQL_COMPUTE": ("0.70", "DBU", True),
    "ENTERPRISE_SQL_PRO_COMPUTE": ("0.55", "DBU", True),
    "ENTERPRISE_SQL_COMPUTE": ("0.22", "DBU", False),
    "ENTERPRISE_DLT_ADVANCED_COMPUTE": ("0.43", "DBU", False),
    "ENTERPRISE_DELTA_LIVE_TABLES_SERVERLESS_COMPUTE": ("0.45", "DBU", True),
    "ENTERPRISE_SERVERLESS_REAL_TIME_INFERENCE": ("0.07", "DBU", True),
    "ENTERPRISE_ALL_PURPOSE_SERVERLESS_COMPUTE": ("0.95", "DBU", True),
    "ENTERPRISE_DATABASE_SERVERLESS_COMPUTE": ("0.52", "DBU", True),
    "DATABRICKS_STORAGE": ("0.023", "DSU", True),
    "INTER_REGION_EGRESS": ("0.02", "GB", True),
    "PUBLIC_CONNECTIVITY_DATA_PROCESSED": ("0.0095", "GB", True),
}
DISCOUNTED = (
    "ENTERPRISE_JOBS", "ENTERPRISE_SERVERLESS_SQL", "ENTERPRISE_SQL", "ENTERPRISE_ALL_PURPOSE_COMPUTE", "ENTERPRISE_DLT",
)  # fmt: skip
WITHOUT_CONTRACT = ("DATABRICKS_STORAGE", "INTER_REGION_EGRESS", "PUBLIC_CONNECTIVITY")  # no account price
PROMOTED = "ENTERPRISE_SERVERLESS_REAL_TIME_INFERENCE"  # on promotion: its effective price is below the default
CURRENCIES = {"USD": Decimal("1"), "EUR": Decimal("0.92")}


def sku(stem: str, workspace: str | None) -> str:
    """The SKU of ``stem`` as a workspace is billed for it: in its region, where the SKU is regional."""
    region = REGIONS["eu-west-1"] if workspace == EUROPE else REGIONS["us-east-1"]
    return f"{stem}_{region}" if PRICES[stem][2] else stem


def change_time(world: Organisation) -> pd.Timestamp:
    """When the serverless SQL price rose: 12 days ago, in the middle of a day."""
    return world.now.normalize() - pd.Timedelta(days=12) + pd.Timedelta(hours=13)


def write_prices(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``list_prices`` and ``account_prices``: two currencies, a change inside the window, one promotion."""
    begin, rows = pd.Timestamp("2024-01-01", tz="UTC"), []
    for stem, (price, unit, regional) in PRICES.items():
        for region in REGIONS.values() if regional else ("",):
            base = Decimal(price) * (Decimal("1.2") if region == "EU_IRELAND" else 1)
            spans: list[tuple[pd.Timestamp, pd.Timestamp | None, Decimal]] = [(begin, None, base)]
            if stem == "ENTERPRISE_SERVERLESS_SQL_COMPUTE":
                changed = change_time(world)
                spans = [(begin, changed, base), (changed, None, base * Decimal("1.1"))]
            for start, end, usd in spans:
                for currency, rate in CURRENCIES.items():
                    rows.append(
                        {
                            "stem": stem,
                            "sku_name": f"{stem}_{region}" if region else stem,
                            "usage_unit": unit,
                            "currency_code": currency,
                            "price_start_time": start,
                            "price_end_time": end,
                            "list": str(usd * rate),
                            "has_promo": stem == PROMOTED,
                            "promo": str(usd * rate * (Decimal("0.85") if stem == PROMOTED else 1)),
                            "net": str(usd * rate * (Decimal("0.85") if stem.startswith(DISCOUNTED) else 1)),
                        }
                    )
    frame = pd.DataFrame(rows)
    frame["price_end_time"] = pd.to_datetime(frame.price_end_time, utc=True)
    shared = {"account_id": f"'{ACCOUNT}'", "cloud": "'AWS'"}
    insert(
        connection,
        "system.billing.list_prices",
        frame,
        shared
        | {
            "pricing": {
                "default": "list",
                "promotional": {"default": "CASE WHEN has_promo THEN promo END"},
                "effective_list": {"default": "promo"},
            },
        },
    )
    contract = frame[~frame.stem.str.startswith(WITHOUT_CONTRACT)]
    insert(connection, "system.billing.account_prices", contract, shared | {"pricing": {"default": "net"}})
