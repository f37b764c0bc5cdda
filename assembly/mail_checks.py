"""Whether letters can be handed in: the mail server answers, encrypts and takes the login."""

import asyncio
import ssl
from collections.abc import Sequence

import aiosmtplib

from core.checkup import Finding, bad, ok, warn
from mail.server import MailServer, Sender, connected, why_unsafe
from storage.models import Member

TIMEOUT_SECONDS = 10


async def check_mail(
    smtp_url: str | None,
    mail_from: str | None,
    public_url: str | None,
    members: Sequence[Member],
) -> list[Finding]:
    """Connect and log in as a page would, without sending one; and who can't be written to."""
    if not smtp_url or not mail_from:
        return [ok("E-mail: not configured, so people are paged in Slack alone.")]
    server, sender = MailServer.parse(smtp_url), Sender.parse(mail_from)
    findings = [await _check_server(server, sender)]
    if not public_url:
        findings.append(
            warn(
                "E-mail: PUBLIC_URL is not set, so letters have no link to acknowledge with.",
                "Set it to where people reach Tocsin, such as https://tocsin.example.com.",
            )
        )
    if without := [one.name for one in members if not one.email]:
        findings.append(
            warn(
                f"E-mail: no address is known of {', '.join(without)}.",
                "Slack tells it when they have one there and the scope users:read.email is "
                "granted.",
            )
        )
    return findings


async def _check_server(server: MailServer, sender: Sender) -> Finding:
    where = f"{server.host}:{server.port}"
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            connected(server, sender, timeout=TIMEOUT_SECONDS) as client,
        ):
            encrypted = client.get_transport_info("sslcontext") is not None
            await client.mail(sender.address)
            await client.rset()
    except aiosmtplib.SMTPAuthenticationError as refused:
        return bad(
            f"E-mail: {where} refuses the user and password ({refused.code} {refused.message}).",
            "Correct them in SMTP_URL; write an @ or / in them as %40 or %2F.",
        )
    except aiosmtplib.SMTPSenderRefused as refused:
        return bad(
            f"E-mail: {where} takes no letter from {sender.address} "
            f"({refused.code} {refused.message}).",
            "Set MAIL_FROM to an address that this server may send from.",
        )
    except ssl.SSLError as error:
        return bad(
            f"E-mail: no safe connection to {where} ({why_unsafe(error)}).",
            "Use the name that stands in its certificate; smtps:// for port 465, smtp:// for 587. "
            "If your own authority has signed it, name a file with what you trust in the "
            "environment variable SSL_CERT_FILE.",
        )
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        return bad(
            f"E-mail: {where} can't be used ({str(error).strip() or type(error).__name__}).",
            "Check SMTP_URL, and a firewall in between. A password is only sent over TLS: "
            "smtps:// for port 465, smtp:// with STARTTLS for 587.",
        )
    how = "over TLS" if encrypted else "without encryption"
    login = f", logged in as {server.username}" if server.username else ""
    return ok(f"E-mail: {where} takes letters from {sender.address}, {how}{login}.")
