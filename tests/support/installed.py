"""What is installed does not change while the tests run: each AppTest would read the metadata of all of it anew."""

from __future__ import annotations

import functools
import sys


def pytest_collection_finish() -> None:
    if "streamlit.testing.v1" in sys.modules:  # else no test here runs a page
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
