"""What can be billed: every object once with its SKU, tags and identities, so that usage only names it by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from demo.prices import PRICES, sku
from demo.tables import stage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

METADATA = ("cluster_id", "job_id", "job_name", "run_name", "warehouse_id", "notebook_id", "notebook_path", "node_type",
            "dlt_pipeline_id", "endpoint_name", "endpoint_id", "app_id", "app_name", "database_instance_id", "index_id",
            "metastore_id", "uc_table_catalog", "source_region", "destination_region")  # fmt: skip
IDENTITIES = ("run_as", "owned_by", "created_by")
FEATURES = (
    "sql_tier",
    "jobs_tier",
    "dlt_tier",
    "serving_type",
    "offering",
    "genie_surface",
    "gateway_name",
    "gateway_model",
)
_TEXTS = ("workspace_id", "product", "sku_name", "unit", "usage_type", *METADATA, *IDENTITIES, *FEATURES)


class Resources:
    """Numbers the billed objects and their sets of tags; half a million records then carry two small numbers each."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._tags: dict[tuple[tuple[str, str], ...], int] = {}

    def add(
        self,
        product: str,
        stem: str,
        workspace: str | None,
        tags: dict[str, str] | None = None,
        *,
        serverless: bool = True,
        own_cluster: bool = False,
        **fields: Any,
    ) -> int:
        """The number of a new resource. ``stem`` is a SKU stem of the price list (else the SKU itself); ``fields`` are
        names of METADATA, IDENTITIES, FEATURES, or ``unit`` and ``usage_type``."""
        if strangers := fields.keys() - set(_TEXTS):
            raise KeyError(f"a resource has no {sorted(strangers)[0]}")
        known = stem in PRICES
        number = self._tags.setdefault(tuple(sorted((tags or {}).items())), len(self._tags))
        self._rows.append(
            {
                "resource": len(self._rows),
                "workspace_id": workspace,
                "product": product,
                "tag_set": number,
                "sku_name": sku(stem, workspace) if known else stem,
                "unit": PRICES[stem][1] if known else "DBU",
                "usage_type": "COMPUTE_TIME",
                "serverless": serverless,
                "own_cluster": own_cluster,
                **fields,
            }
        )
        return len(self._rows) - 1

    def stage(self, connection: DuckDBPyConnection) -> None:
        """The temporary tables ``resources`` and ``tag_sets`` for the inserts to join."""
        frame = pd.DataFrame(self._rows)
        for name in _TEXTS:
            frame[name] = frame[name].astype("str").where(frame[name].notna(), None) if name in frame else None
            frame[name] = frame[name].astype("string")
        stage(connection, "resources", frame)
        connection.execute("CREATE OR REPLACE TEMP TABLE tag_sets (tag_set INTEGER, tags MAP(VARCHAR, VARCHAR))")
        connection.executemany(
            "INSERT INTO tag_sets SELECT ?, map(?::VARCHAR[], ?::VARCHAR[])",
            [(number, [k for k, _ in key], [v for _, v in key]) for key, number in self._tags.items()],
        )
