"""Every module of the room is imported before the first test: one that were imported while a test has put its own settings
in place would keep them for the tests after it."""

from __future__ import annotations

import importlib
import pkgutil

import components

for module in pkgutil.walk_packages(components.__path__, "components."):
    importlib.import_module(module.name)
