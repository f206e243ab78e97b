"""What a page draws where nobody looks: its code runs as for an address, and nothing is sent to anybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner_utils.script_run_context import (
    ScriptRunContext,
    add_script_run_ctx,
    get_script_run_ctx,
)
from streamlit.runtime.state import SafeSessionState, SessionState


@contextmanager
def unseen(words: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, this thread is somebody's who has just opened an address with ``words``, and whom nobody knows."""
    thread, session = threading.current_thread(), SessionState()
    before = get_script_run_ctx(suppress_warning=True)
    add_script_run_ctx(
        thread,
        ScriptRunContext(
            session_id="unseen",
            _enqueue=lambda message: None,
            query_string="",
            session_state=SafeSessionState(session, lambda: None),
            uploaded_file_mgr=MemoryUploadedFileManager(""),
            main_script_path="",
            user_info={},
            fragment_storage=MemoryFragmentStorage(),
            pages_manager=PagesManager(""),
        ),
    )
    try:
        session.query_params.from_dict(dict(words))
        yield
    finally:
        add_script_run_ctx(thread, before)
