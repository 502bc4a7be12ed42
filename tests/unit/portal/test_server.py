"""The portal as a process."""

from __future__ import annotations

import socket

import pytest

from st_opendata.errors import InputError
from st_opendata.portal.server import listen


def test_connections_send_at_once() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(InputError, match="cannot listen on"):
        listen("127.0.0.1", listener.getsockname()[1])
