"""SMTP_URL is taken away and the process started again, while letters wait to be sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.vocabulary import AuditType
from tests.cast import BLUEPRINT
from tests.mail.post_office import post_office
from tests.world import World, running_world, started_again, web_client


@asynccontextmanager
async def _without_mail(database_url: str, blueprint: str) -> AsyncIterator[World]:
    """Bob's letter waits, as the mail server refuses it; then Tocsin starts without mail."""
    async with (
        post_office() as office,
        running_world(
            database_url,
            blueprint=blueprint,
            smtp_url=office.url,
            mail_from="tocsin@acme.example",
        ) as world,
    ):
        office.trouble = "refuses the letter"
        await world.declare(world.alice)
        assert world.carol.dm() == []
        async with started_again(world, smtp_url=None, mail_from=None) as later:
            await later.pass_time(minutes=2)
            yield later


async def test_who_could_only_be_written_to_is_said_loudly_and_the_next_layer_is_paged(
    database_url: str,
) -> None:
    not_in_slack = BLUEPRINT.replace("bob@example.com", "erin@elsewhere.example")
    async with _without_mail(database_url, not_in_slack) as world:
        assert len(world.carol.dm()) == 1, "three minutes before she would have been"
        assert [e.data["reason"] for e in await world.trail() if e.type is AuditType.ESCALATED] == [
            "undeliverable"
        ]
        loud = [one.plain for one in world.alerts.messages if "e-mail" in one.plain]
        assert ["switched off before it was sent" in one for one in loud] == [True]


async def test_whom_slack_reached_too_has_a_receipt_that_says_so(database_url: str) -> None:
    async with _without_mail(database_url, BLUEPRINT) as world, web_client(world.tocsin) as web:
        assert world.carol.dm() == []
        await world.dave.command("/incident show 1")
        shown = world.dave.ephemerals()[-1].plain
        assert "Bob Okafor · layer 1 · e-mail" in shown
        assert "switched off before it was sent; paged through another channel" in shown
        depth = 'tocsin_outbox_depth{channel="mail",kind="page",work="send"}'
        assert f"{depth} 0.0" in (await web.get("/metrics")).text
