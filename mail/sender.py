"""Mail's side of the outbox: each delivery is one letter, under one Message-ID at every try."""

import asyncio
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ssl import SSLError

import aiosmtplib

from core import links
from core.messages import Page, SlackBack, SlackSilent
from core.remarks import DutyChanged, TrialPage
from core.sending import DeliveryFailed, Outgoing, Receipt, composing
from core.transaction import Core
from mail import letters
from mail.server import (
    TIMEOUT_SECONDS,
    MailServer,
    Sender,
    connected,
    is_address,
    why_unsafe,
)
from mail.words import line

_POLICY = SMTP.clone(cte_type="7bit")
"""Every server takes it, and no server has to change it on the way."""


class MailSender:
    """Carries deliveries to people's mailboxes. A letter can't be looked up, and is never edited.

    Where the answer to a letter was lost it is sent again, under the same Message-ID, so that a
    mail program can tell that it is the same one (spec section 6, the promise).
    """

    def __init__(
        self,
        core: Core,
        server: MailServer,
        sender: Sender,
        *,
        public_url: str | None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._core = core
        self._server = server
        self._sender = sender
        self._public_url = public_url
        self._timeout = timeout

    async def aim(self, _outgoing: Outgoing) -> bool:
        """A letter's way is known without asking anybody."""
        return False

    async def find(self, _outgoing: Outgoing) -> Receipt | None:
        """Nobody can be asked whether a letter arrived: it is sent again, and is the same one."""
        return None

    async def edit(self, _outgoing: Outgoing) -> None:
        """What was posted stays as it was."""

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the letter in, and say under which Message-ID."""
        if not outgoing.email or not is_address(outgoing.email):
            raise DeliveryFailed("no e-mail address that can be written to", permanent=True)
        link = await self._link(outgoing)
        with composing():
            message = self.compose(outgoing, link)
        await self._hand_in(message, outgoing)
        return {"message_id": str(message["Message-ID"])}

    def compose(self, outgoing: Outgoing, link: str | None) -> EmailMessage:
        """The letter with its envelope's headers."""
        letter = self._letter(outgoing, link)
        message = EmailMessage(policy=_POLICY)
        message["Message-ID"] = f"<{outgoing.delivery_id}@{self._sender.domain}>"
        message["Date"] = format_datetime(self._core.clock.now())
        message["From"] = Address(self._sender.name, addr_spec=self._sender.address)
        message["To"] = Address(addr_spec=outgoing.email or "")
        message["Subject"] = letter.subject
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        if outgoing.thread and (first := outgoing.thread.get("message_id")):
            message["In-Reply-To"] = first
            message["References"] = first
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message

    def _letter(self, outgoing: Outgoing, link: str | None) -> letters.Letter:
        assert outgoing.person is not None  # noqa: S101  (a letter has somebody to read it)
        message = outgoing.message
        if isinstance(message, TrialPage):
            return letters.trial_page()
        if isinstance(message, DutyChanged):
            return letters.duty_changed(message, outgoing.person)
        facts = outgoing.incident
        if outgoing.is_bundle:
            return letters.bundle(outgoing.named, link=link)
        if isinstance(message, Page):
            now = self._core.clock.now()
            return letters.page(facts, message, outgoing.person, now=now, link=link)
        if isinstance(message, SlackSilent):
            return letters.slack_silent(facts, message, outgoing.person)
        if isinstance(message, SlackBack):
            return letters.slack_back(message, outgoing.person)
        raise DeliveryFailed(f"no letter says “{message.type}”", permanent=True)

    async def _link(self, outgoing: Outgoing) -> str | None:
        if self._public_url is None or not isinstance(outgoing.message, Page):
            return None
        key = await links.ensure_key(self._core, outgoing.organization_id)
        return f"{self._public_url}{links.PATH}/{links.sign(key, outgoing.delivery_id)}"

    async def _hand_in(self, message: EmailMessage, outgoing: Outgoing) -> None:
        """One connection for one letter: a server that hangs holds up this letter alone."""
        handing = _Handing(self._server, self._sender, self._timeout)

        def last_question() -> None:
            outgoing.check_in_time(self._core.clock.now())

        try:
            async with asyncio.timeout(self._timeout):
                await handing.run(message, outgoing.email or "", last_question)
        except aiosmtplib.SMTPRecipientRefused as refused:
            raise DeliveryFailed(
                f"the mail server refused the address: {refused.code} {line(refused.message)}",
                permanent=refused.code >= 500,
            ) from refused
        except aiosmtplib.SMTPResponseException as refused:
            raise DeliveryFailed(
                f"the mail server said {refused.code} {line(refused.message)}",
                is_about_it=handing.under_way and refused.code >= 500,
            ) from refused
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            if handing.taken:
                return  # only the farewell failed
            if isinstance(error, SSLError) and not handing.under_way:
                raise DeliveryFailed(
                    f"no safe connection to the mail server: {line(why_unsafe(error))}"
                ) from error
            # No answer, or a broken line. Once the letter itself is under way it may be there.
            said = line(str(error)) or type(error).__name__
            raise DeliveryFailed(
                f"the mail server did not answer: {said}", unknown=handing.under_way
            ) from error


class _Handing:
    """One letter being handed in: whether the server may have it, and whether it said so."""

    def __init__(self, server: MailServer, sender: Sender, timeout: float) -> None:
        self._server = server
        self._sender = sender
        self._timeout = timeout
        self.under_way = False
        self.taken = False

    async def run(
        self, message: EmailMessage, address: str, last_question: Callable[[], None]
    ) -> None:
        """Raises what aiosmtplib and the last question raise, unless the server took the letter."""
        async with connected(self._server, self._sender, timeout=self._timeout) as client:
            await client.mail(self._sender.address)
            await client.rcpt(address)
            letter = message.as_bytes()
            last_question()
            self.under_way = True
            await client.data(letter)
            self.taken = True
