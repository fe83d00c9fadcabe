"""Other people's hosts, on 127.0.0.1 or wherever they are put. They say byte by byte what they are told to say."""

import datetime
import gzip
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = bytes | Callable[["Host"], bytes | Iterator[bytes]]


class Host:
    """`with Host({"/": page(b"...")}) as host`: what it was asked stands in `host.heard`, whole requests as bytes."""

    def __init__(self, answers: dict[str, Answer] | None = None, *, address: str = "127.0.0.1", tls=None) -> None:
        self.answers = answers or {}
        self.tls = tls
        self.heard: list[bytes] = []
        self.n_connections = 0
        self.closing = threading.Event()
        self.listening = socket.create_server(
            (address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET
        )
        self.listening.settimeout(0.02)
        self.address, self.port = self.listening.getsockname()[:2]
        written = f"[{address}]" if ":" in address else address
        self.url = f"{'https' if tls else 'http'}://{written}:{self.port}"
        self.threads = [threading.Thread(target=self.serve)]

    def __enter__(self) -> "Host":
        self.threads[0].start()
        return self

    def __exit__(self, *exception) -> None:
        self.closing.set()
        for thread in self.threads:
            thread.join(10)
        self.listening.close()

    def serve(self) -> None:
        while not self.closing.is_set():
            with suppress(TimeoutError):
                connection, _address = self.listening.accept()
                self.n_connections += 1
                self.threads.append(threading.Thread(target=self.answer, args=(connection,)))
                self.threads[-1].start()

    def answer(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with suppress(OSError), connection:  # whoever asks may leave at any moment
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                asked = b""
                while not is_whole(asked):
                    if not (more := connection.recv(65536)):
                        return
                    asked += more
                self.heard.append(asked)
                said = self.answers.get(asked.split()[1].decode(), said_nothing)
                said = said(self) if callable(said) else said
                for piece in [said] if isinstance(said, bytes) else said:
                    connection.sendall(piece)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)


def is_whole(asked: bytes) -> bool:
    head, end, body = asked.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def says(status: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body


def page(html: bytes, kind: str = "text/html; charset=utf-8") -> bytes:
    return says("200 OK", f"Content-Type: {kind}", f"Content-Length: {len(html)}", body=html)


def packed(body: bytes, kind: str = "text/html") -> bytes:
    return says("200 OK", f"Content-Type: {kind}", "Content-Encoding: gzip", body=gzip.compress(body))


def leads_to(location: str, status: str = "302 Found") -> bytes:
    return says(status, f"Location: {location}", "Content-Length: 0")


said_nothing = says("404 Not Found", "Content-Length: 0")


def tls_for(folder, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server under these names, signed by itself; and for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{names[0]}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=path)


def alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
