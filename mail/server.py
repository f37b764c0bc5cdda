"""The mail server that letters are handed to: what its URL says, and a connection to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import getaddresses
from ipaddress import ip_address
from ssl import SSLCertVerificationError, SSLError
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIMEOUT_SECONDS = 12
"""How long one letter may take in all: less than what must be left of a lease."""

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in, and how."""

    host: str
    port: int
    implicit_tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """The server of an SMTP_URL. Raises ValueError, whose sentence never holds the password."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port or _PORTS[parts.scheme]
            host = parts.hostname
        except (ValueError, KeyError):
            host, port = None, 0
        if not host or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError(
                "must be smtp://user:password@host:587 or smtps://user:password@host:465 "
                "(user and password only where the server asks for them; write an @ or / in "
                "them as %40 or %2F)"
            )
        if (parts.username or None) is None and parts.password:
            raise ValueError("has a password but no user; write smtp://user:password@host")
        if parts.username and not parts.password:
            raise ValueError("has a user but no password; write smtp://user:password@host")
        return cls(
            host,
            port,
            parts.scheme == "smtps",
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    @property
    def here(self) -> bool:
        """Whether it runs on this machine, where nobody listens in between."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def start_tls(self) -> bool | None:
        """True: STARTTLS or nothing, as a password must not travel in the clear. None: if offered.

        On this machine nothing leaves it, and certificates of its own making are the rule.
        """
        if self.implicit_tls or self.here:
            return False
        return True if self.username else None


@dataclass(frozen=True)
class Sender:
    """Whom letters are from: MAIL_FROM."""

    name: str
    address: str

    @classmethod
    def parse(cls, written: str) -> "Sender":
        """`tocsin@example.com` or `Tocsin <tocsin@example.com>`. Raises ValueError for others."""
        found = getaddresses([written])
        is_one = len(found) == 1 and is_address(found[0][1])
        if not is_one or any(ord(one) < 32 for one in written):
            raise ValueError("must be one address, such as tocsin@example.com")
        name, address = found[0]
        return cls(name or "Tocsin", address)

    @property
    def domain(self) -> str:
        """The part after the @: Message-IDs are made in it."""
        return self.address.rpartition("@")[2]


def is_address(text: str) -> bool:
    """Whether a letter can be addressed so."""
    try:
        parsed = Address(addr_spec=text)
    except Exception:  # the parser of the standard library raises many kinds
        return False
    return bool(parsed.username and parsed.domain) and parsed.addr_spec == text and text.isascii()


def why_unsafe(error: SSLError) -> str:
    """What is wrong with a server's certificate, or with the way it speaks TLS."""
    refused = error.verify_message if isinstance(error, SSLCertVerificationError) else ""
    return (refused or error.reason or str(error)).rstrip(".")


@asynccontextmanager
async def connected(
    server: MailServer, sender: Sender, *, timeout: float = TIMEOUT_SECONDS
) -> AsyncIterator[aiosmtplib.SMTP]:
    """A connection that has greeted, is encrypted where it must be, and is logged in.

    Raises what aiosmtplib raises, and OSError; ssl.SSLError where the connection would not be safe.
    """
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.implicit_tls,
        start_tls=server.start_tls,
        validate_certs=not server.here,
        local_hostname=sender.domain,  # the default would look our own name up, and block
        timeout=timeout,
    )
    try:
        try:
            await client.connect()
        except aiosmtplib.SMTPConnectError as error:
            if isinstance(error.__cause__, SSLError):
                raise error.__cause__ from error  # with STARTTLS it comes as itself
            raise
        yield client
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=1)
    finally:
        client.close()
