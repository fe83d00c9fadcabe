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
        self.messages: list[EmailMessage] = []
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
        return sorted(message["To"] for message in self.messages)

    # aiosmtpd's hooks

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.n_connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session, envelope, address, options) -> str:
        await self.misbehave(server, "before_data")
        if self.refuses_everyone:
            return self.refuses_everyone
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        if self.refuses_letters:
            return self.refuses_letters
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        await self.misbehave(server, "after_data")
        return "250 taken"

    async def misbehave(self, server: SMTP, when: str) -> None:
        """Hang until the test says otherwise."""
        if getattr(self, when) == "drop":
            server.transport.abort()
            await asyncio.sleep(3600)
        while getattr(self, when) == "hang":  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.02)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content().replace("\r\n", "\n")
