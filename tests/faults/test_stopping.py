"""A server that stops answers the requests that are on their way."""

import signal
import socket

import pytest

from tests.server import Server, until

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def takes_no_more(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), 5).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("sent", [0, 20], ids=["nothing sent yet", "half a header section sent"])
def test_a_request_that_has_begun_is_answered(server, sent):
    with socket.create_connection(("127.0.0.1", server.port), 60) as line:
        line.sendall(REQUEST[:sent])
        with socket.create_connection(("127.0.0.1", server.port), 60) as idle:
            assert server.ask("/healthz")[0] == 200  # the two were accepted before
            server.process.send_signal(signal.SIGTERM)
            until(lambda: takes_no_more(server), "the server to stop listening")
            line.sendall(REQUEST[sent:])
            answer = b""
            while received := line.recv(65536):
                answer += received
            assert idle.recv(1) == b""  # nobody waits for it

    assert answer.startswith(b"HTTP/1.1 200 ")
    server.process.wait(15)
    server.start()
