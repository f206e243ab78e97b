"""What each run of an AppTest would do anew, and need not: read the metadata of all that is installed, compile the scripts
that it runs, and look a thousand times a second whether it is over, which keeps the script from running."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any


def pytest_collection_finish() -> None:
    if "streamlit.testing.v1" not in sys.modules:
        return  # no test here runs a page
    from streamlit.components.v2 import manifest_scanner
    from streamlit.runtime.scriptrunner.script_cache import ScriptCache
    from streamlit.testing.v1 import app_test, local_script_runner

    compiled = functools.cache(lambda path, _stamp: ScriptCache().get_bytecode(path))

    class Compiled(ScriptCache):
        """A script is compiled again when its file has changed."""

        def get_bytecode(self, script_path: str) -> Any:
            found = Path(script_path).resolve().stat()
            return compiled(script_path, (found.st_size, found.st_mtime_ns))

    def wait(runner: Any, timeout: float = 3) -> None:
        runner._script_thread.join(timeout)
        if not runner.script_stopped():
            runner.request_stop()
            raise RuntimeError(f"AppTest script run timed out after {timeout}(s)")

    manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
    for module in (app_test, local_script_runner):
        setattr(module, "ScriptCache", Compiled)  # noqa: B010  what it imported is no part of its types
    local_script_runner.require_widgets_deltas = wait
