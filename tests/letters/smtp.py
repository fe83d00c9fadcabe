"""A real mail server on 127.0.0.1, which takes letters, and can be told to refuse, hang or hang up."""

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.server import free_port


class MailServer:
    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuses_everyone = ""
        """Said to RCPT, such as `550 no such user`."""
        self.refuses_letters = ""
        """Said to the letter itself."""
        self.before_data: str = ""
        """`hang` or `drop` when a recipient is named: no letter has been sent yet."""
        self.after_data: str = ""
        """`hang` or `drop` when the whole letter has been taken: nobody tells the sender."""
        self.n_connections = 0
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"

    @property
    def to(self) -> list[str]:
        return sorted(letter["To"] for letter in self.letters)

    # aiosmtpd's hooks

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.n_connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session, envelope, address, options) -> str:
        await self.misbehave(server, self.before_data)
        if self.refuses_everyone:
            return self.refuses_everyone
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        if self.refuses_letters:
            return self.refuses_letters
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        await self.misbehave(server, self.after_data)
        return "250 taken"

    @staticmethod
    async def misbehave(server: SMTP, how: str) -> None:
        if how == "hang":
            await asyncio.sleep(3600)
        elif how == "drop":
            server.transport.abort()
            await asyncio.sleep(3600)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def text_of(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(letter: EmailMessage) -> str:
    return letter.get_body(("html",)).get_content().replace("\r\n", "\n")
