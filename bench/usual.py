"""The FinOps page as such pages are usually built: plotly.express, one query after another, nothing cached.

It stands only for comparison. It asks the same questions of the same lakehouse and draws the same kinds of figures.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pandas as pd
import plotly.express as px
import streamlit as st

from bench.typical import params
from queries.catalogue import catalogue
from settings import settings
from warehouse.embedded import Embedded

st.set_page_config(layout="wide")
lakehouse = Embedded(settings().home / "lakehouse.duckdb")
now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)


def ask(name: str) -> pd.DataFrame:
    query = catalogue()[name]
    frame = lakehouse.fetch(query.sql, params(query, now), tags={}, timeout=60).to_pandas()
    for column, kind in query.columns.items():
        if kind in ("money", "quantity", "price"):
            frame[column] = frame[column].astype(float)
    return pd.DataFrame(frame)


st.title("FinOps")
days = ask("finops.spend_by_day")
daily = days.groupby("usage_date", as_index=False)["cost"].sum()
for column, product in zip(st.columns(5), days["product"].unique()[:5], strict=False):
    mine = days[days["product"] == product]
    column.metric(product, f"${mine['cost'].sum():,.0f}")
    column.plotly_chart(px.line(mine, x="usage_date", y="cost", height=120), key=product)
tree = ask("finops.spend_tree").dropna(subset=["cost"])
tree = tree[tree["cost"] > 0].fillna("none")
st.plotly_chart(px.treemap(tree, path=["workspace", "product", "resource"], values="cost"))
st.plotly_chart(px.bar(days, x="usage_date", y="cost", color="product"))
st.plotly_chart(px.line(daily, x="usage_date", y="cost"))
moves = ask("finops.spend_movers")
st.plotly_chart(px.bar(moves, x="change", y="label", orientation="h"))
for name in ("finops.unpriced", "finops.untagged", "finops.owners", "finops.warehouse_idle"):
    st.dataframe(ask(name))
lakehouse.close()
