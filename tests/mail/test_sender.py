"""How handing a letter in can end, and which of its ends leave open whether it was taken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from core.messages import Card, Page
from core.sending import DeliveryFailed, Outgoing
from core.targets import Why
from core.transaction import Core
from mail.sender import MailSender
from mail.server import MailServer, Sender
from tests.bot.test_blocks import BOB, NOW, incident_facts
from tests.cast import StoryClock
from tests.mail.post_office import post_office

FROM = Sender("Tocsin", "tocsin@acme.example")
CORE = cast(Core, SimpleNamespace(clock=StoryClock(NOW)))


def outgoing(**changes: Any) -> Outgoing:
    given: dict[str, Any] = {
        "delivery_id": UUID(int=7),
        "attempted_at": NOW,
        "not_after": NOW,
        "alerts_channel": None,
        "person": BOB,
        "dm_id": None,
        "email": "bob@example.com",
        "organization_id": UUID(int=1),
        "facts": incident_facts(),
        "message": Page(Why("owner"), None, 0),
        "update": None,
        "round": 1,
        "thread": None,
        "receipt": None,
        "parts": (),
        **changes,
    }
    return Outgoing(**given)


def sender(url: str, timeout: float = 5) -> MailSender:
    return MailSender(CORE, MailServer.parse(url), FROM, public_url=None, timeout=timeout)


async def failure(mail: MailSender, **changes: Any) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        await mail.send(outgoing(**changes))
    return failed.value


async def test_a_letter_whose_process_stood_still_too_long_is_not_handed_in() -> None:
    async with post_office() as office:
        late = await failure(sender(office.url), not_after=NOW - timedelta(seconds=1))

        assert (late.unknown, late.permanent) == (False, False)
        assert office.letters == []


async def test_a_letter_is_handed_in_and_its_message_id_is_the_receipt() -> None:
    async with post_office() as office:
        receipt = await sender(office.url).send(outgoing())

    assert receipt == {"message_id": f"<{UUID(int=7)}@acme.example>"}
    assert office.letters[0]["Message-ID"] == receipt["message_id"]
    assert office.letters[0]["Date"].datetime == NOW


async def test_a_server_that_asks_for_a_login_gets_it() -> None:
    async with post_office(login=("me", "s3cret")) as office:
        await sender(office.url).send(outgoing())
        assert len(office.letters) == 1

        wrong = await failure(sender(office.url.replace("s3cret", "wrong")))
        assert (wrong.permanent, wrong.unknown) == (False, False)
        assert "535" in str(wrong)
        assert "wrong" not in str(wrong)


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 No such mailbox", True), ("450 Greylisted", False)]
)
async def test_a_refused_recipient_is_final_only_if_the_server_says_so(
    answer: str, permanent: bool
) -> None:
    async with post_office() as office:
        office.refused["bob@example.com"] = answer
        refused = await failure(sender(office.url))

    assert (refused.permanent, refused.unknown) == (permanent, False)
    assert answer[4:] in str(refused)


async def test_a_refused_letter_is_surely_not_taken_and_may_be_taken_later() -> None:
    async with post_office() as office:
        office.trouble = "refuses the letter"
        refused = await failure(sender(office.url))

    assert (refused.permanent, refused.unknown) == (False, False)


@pytest.mark.parametrize("trouble", ["hangs up", "loses the answer", "hangs"])
async def test_a_letter_without_an_answer_may_have_been_taken(trouble: Any) -> None:
    async with post_office() as office:
        office.trouble = trouble
        lost = await failure(sender(office.url, timeout=0.3))

    assert (lost.permanent, lost.unknown) == (False, True)


@asynccontextmanager
async def _server(talk: Callable[[Any, Any], Any]) -> AsyncIterator[str]:
    talks: list[asyncio.Task[None]] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*talks)


async def test_a_server_that_says_nothing_was_not_given_the_letter_and_takes_no_longer() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with _server(silent) as url, asyncio.timeout(5):
        silence = await failure(sender(url, timeout=0.2))

    assert (silence.permanent, silence.unknown) == (False, False)


async def test_a_server_that_is_not_there_was_not_given_the_letter() -> None:
    gone = await failure(sender("smtp://127.0.0.1:1"))
    assert (gone.permanent, gone.unknown) == (False, False)


async def test_a_letter_that_was_taken_is_taken_though_the_farewell_hangs() -> None:
    answers = {b"EHLO": b"250 hello", b"MAIL": b"250 ok", b"RCPT": b"250 ok", b"DATA": b"354 go"}

    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line[:4] in answers:
                writer.write(answers[line[:4]] + b"\r\n")
            elif line == b".\r\n":
                writer.write(b"250 taken\r\n")
        writer.close()
        await writer.wait_closed()

    async with _server(rude) as url, asyncio.timeout(5):
        assert "message_id" in await sender(url, timeout=0.5).send(outgoing())


@pytest.mark.parametrize("address", [None, "", "bob", "bob@example.com\r\nBcc: all@example.com"])
async def test_what_is_no_address_is_never_written_to(address: str | None) -> None:
    refused = await failure(sender("smtp://127.0.0.1:1"), email=address)
    assert refused.permanent


async def test_what_no_letter_says_is_refused() -> None:
    assert (await failure(sender("smtp://127.0.0.1:1"), message=Card())).permanent


async def test_a_letter_has_no_way_to_be_looked_up_or_changed() -> None:
    mail = sender("smtp://127.0.0.1:1")
    assert await mail.aim(outgoing()) is False
    assert await mail.find(outgoing()) is None
    await mail.edit(outgoing())
