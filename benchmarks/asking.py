"""The same question again and again over kept connections, for where wrk is not installed."""

import select
import socket
import time


def ask_for(port: int, question: bytes, seconds: float, n_connections: int = 16) -> int:
    """How many answers came. All must be as long as the first, so that they need no parsing."""
    length = length_of(port, question)
    poll = select.epoll()
    asking: dict[int, socket.socket] = {}
    missing: dict[int, int] = {}
    for _ in range(n_connections):
        each = socket.create_connection(("127.0.0.1", port), 10)
        asking[each.fileno()], missing[each.fileno()] = each, length
        poll.register(each.fileno(), select.EPOLLIN)
        each.sendall(question)
    n, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        for file, _events in poll.poll(0.1):
            heard = len(asking[file].recv(1 << 18))
            assert 0 < heard <= missing[file], "An answer was of another length, or none."
            missing[file] -= heard
            if not missing[file]:
                n, missing[file] = n + 1, length
                asking[file].sendall(question)
    for each in asking.values():
        each.close()
    poll.close()
    return n


def length_of(port: int, question: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port), 10) as each:
        each.sendall(question)
        said = b""
        while b"\r\n\r\n" not in said:
            said += each.recv(1 << 18)
    head = said.partition(b"\r\n\r\n")[0]
    assert b" 200 " in head[:20], head
    size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    return len(head) + 4 + size
