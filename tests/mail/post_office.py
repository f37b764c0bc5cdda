"""A real mail server on loopback that takes letters, or does as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Literal, cast
from warnings import catch_warnings, simplefilter

from aiosmtpd.smtp import SMTP, AuthResult

from tests.mail.certificates import HOST, Certificate

Encryption = Literal["TLS", "STARTTLS"]
Trouble = Literal["hangs", "loses the answer", "refuses the letter", "hangs up"]


class PostOffice:
    """Its letters in the order in which they came; `trouble` happens to each until cleared."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.trouble: Trouble | None = None
        self.refused: dict[str, str] = {}
        self.logins: list[tuple[str, bool]] = []
        """Who tried to log in, and whether nobody could listen in."""
        self.waiting = 0
        self.url = ""
        self._open = asyncio.Event()

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one person."""
        pairs = zip(self.recipients, self.letters, strict=True)
        return [letter for recipient, letter in pairs if recipient == address]

    def release(self) -> None:
        """What hangs goes on, and nothing is wrong from now on."""
        self.trouble = None
        self._open.set()

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.trouble == "hangs":
            self.waiting += 1
            await self._open.wait()
            self.waiting -= 1
        if self.trouble == "hangs up":
            server.transport.abort()
            return "421 Gone"
        if self.trouble == "refuses the letter":
            return "554 This looks like spam"
        self.recipients += envelope.rcpt_tos
        self.letters.append(
            cast(EmailMessage, message_from_bytes(envelope.content, policy=default))
        )
        if self.trouble == "loses the answer":
            server.transport.abort()
        return "250 OK"


@asynccontextmanager
async def post_office(
    *,
    login: tuple[str, str] | None = None,
    certificate: Certificate | None = None,
    encryption: Encryption | None = None,
) -> AsyncIterator[PostOffice]:
    """A mail server that is open for as long as the block; `login` is what it asks for.

    With a `certificate` it is known by the name of one, and shows it if it has an `encryption`.
    """
    context = certificate.context if certificate and encryption else None
    office = PostOffice()
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def authenticate(server: Any, _session: Any, _envelope: Any, _way: Any, data: Any) -> Any:
        given = (data.login.decode(), data.password.decode())
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        office.logins.append((given[0], encrypted))
        return AuthResult(success=given == login, handled=given == login)

    def serve() -> SMTP:
        with catch_warnings():
            simplefilter("ignore")  # it warns that a login without TLS is unwise
            connection = SMTP(
                office,
                hostname="post.test",
                ident="Post office",
                loop=loop,
                authenticator=authenticate if login else None,
                auth_required=login is not None,
                auth_require_tls=False,
                tls_context=context if encryption == "STARTTLS" else None,
                require_starttls=encryption == "STARTTLS",
            )
        connections.append(connection)
        return connection

    implicit = encryption == "TLS"
    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=context if implicit else None)
    user = f"{login[0]}:{login[1]}@" if login else ""
    scheme, host = "smtps" if implicit else "smtp", HOST if certificate else "127.0.0.1"
    office.url = f"{scheme}://{user}{host}:{server.sockets[0].getsockname()[1]}"
    try:
        yield office
    finally:
        office.release()
        server.close()
        for connection in connections:
            if connection.transport is not None:
                connection.transport.abort()
        talks = [one._handler_coroutine for one in connections if one._handler_coroutine]
        for talk in talks:
            talk.cancel()  # one whose certificate was refused would wait for ever
        await asyncio.wait_for(asyncio.gather(*talks, return_exceptions=True), 5)


def text_of(letter: EmailMessage) -> str:
    """What a letter says in plain text."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(letter: EmailMessage) -> str:
    """What a letter says in HTML."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())
