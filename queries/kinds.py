"""The words a query header may use for its columns and parameters, and what each means in Arrow.

Money, prices and quantities stay decimals from the table to the page, so that sums reconcile to the last digit.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa

Param = str | int | float | Decimal | dt.date | dt.datetime

EXACT = pa.decimal128(38, 18)

COLUMNS: dict[str, pa.DataType] = {
    "text": pa.string(),
    "spelling": pa.string(),  # text of people: composed (NFC); rows that are one by it then are one row
    "code": pa.string(),  # a word of Databricks, such as RUN_EXECUTION_ERROR: people read it in words
    "texts": pa.list_(pa.string()),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),  # UTC
    "count": pa.int64(),
    "money": EXACT,  # in the currency named by :currency (or the row's currency column), price basis :basis
    "price": EXACT,  # money per unit
    "quantity": EXACT,  # in the row's usage unit
    "dbu": EXACT,
    "ratio": pa.float64(),  # 0..1
    "share": pa.float64(),  # 0..1 of a whole: drawn as a bar
    "change": pa.float64(),  # against what was before: 0.05 is five percent more
    "number": pa.float64(),
    "seconds": pa.float64(),
    "hours": pa.float64(),
    "bytes": pa.int64(),
    "tokens": pa.int64(),
}

PARAMS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "date": (dt.date,),
    "time": (dt.datetime,),  # with a time zone
    "integer": (int,),
    "number": (float, int),
}
