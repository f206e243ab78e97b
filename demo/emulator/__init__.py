"""An emulated SQL warehouse on loopback that the real Databricks clients talk to, backed by the embedded lakehouse."""

from __future__ import annotations

from demo.emulator.server import Emulator

__all__ = ["Emulator"]
