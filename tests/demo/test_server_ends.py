"""A server of the emulator ends when it is told to, not when it next looks."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from demo.emulator.server import Server


def test_it_ends_at_once_and_may_be_ended_again() -> None:
    server = Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 3600}, daemon=True)
    loop.start()
    server.__exit__()
    loop.join(60)
    assert not loop.is_alive()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", server.server_port), 1)
    server.__exit__()
