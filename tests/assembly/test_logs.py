"""The log: every line says what it is about, and none says what it must not."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import sandbox
from assembly.logs import Cleaner, make_handler
from assembly.settings import Settings
from core import logs
from tests.engine import Engine
from tests.world import CAST, SIGNING_SECRET, World, web_client

MARKER = "the customers' table is gone"
SECRETS = ("xoxb-tests", "xapp-tests", SIGNING_SECRET)


class Written:
    """What was logged at info and above, by everything, as the product logs it."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("event") == event]


def _attached(style: Any) -> Iterator[Written]:
    stream = io.StringIO()
    handler = make_handler(style, secrets=SECRETS, stream=stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield Written(stream)
    root.setLevel(before)
    root.removeHandler(handler)


@pytest.fixture
def written() -> Iterator[Written]:
    yield from _attached("json")


@pytest.fixture
def written_as_text() -> Iterator[Written]:
    yield from _attached("text")


async def _story(world: World) -> None:
    """Declared and paged while Slack fails, then updated."""
    world.slack.faults.add(
        sandbox.Fault("chat.postMessage", "server_error", times=1),
        sandbox.Fault("chat.postMessage", "rate_limited", times=1),
    )
    await world.declare(world.alice, title="Checkout of carol@example.com is down")
    await world.pass_time(minutes=2)
    form = await world.bob.command(f"/incident update 1 {MARKER}")
    assert (await world.bob.submit(form.view)).ok
    await world.settle()


async def test_a_story_is_logged_with_what_each_line_is_about(
    world: World, written: Written
) -> None:
    await _story(world)

    (created,) = written.of("incident_created")
    assert created["incident"] == 1
    assert created["level"] == "INFO"
    assert created["time"].endswith("Z")
    assert len(created["request_id"]) == 32
    assert "delivery_id" not in created
    (paged,) = written.of("responder_paged")
    assert paged["incident"] == 1
    assert len(paged["delivery_id"]) == 36
    assert "request_id" not in paged
    (updated,) = written.of("update_posted")
    assert updated["incident"] == 1
    assert updated["request_id"] not in (None, created["request_id"])

    failures = [line for line in written.lines if line["level"] == "WARNING"]
    assert len([one for one in failures if "may still arrive" not in one["message"]]) == 2
    assert all(line["incident"] == 1 and line["delivery_id"] for line in failures)


async def test_neither_texts_nor_secrets_nor_addresses_are_in_it(
    world: World, written: Written
) -> None:
    await _story(world)
    await world.tocsin.workspace.match_members()
    async with web_client(world.tocsin) as web:
        await web.get("/healthz", headers={"X-Request-Id": "xoxb-tests"})

    assert written.lines
    assert MARKER not in written.text
    assert "Checkout" not in written.text
    for secret in SECRETS:
        assert secret not in written.text
    for person in CAST:
        assert f"{person.name}@" not in written.text


async def test_a_row_that_the_database_refuses_is_not_quoted(
    engine: Engine, written: Written
) -> None:
    await engine.declare()
    with pytest.raises(IntegrityError) as refused:
        async with engine.core.transaction(engine.system) as tx:
            await tx.db.execute(
                text("UPDATE incidents SET title = :title, number = NULL"), {"title": MARKER}
            )
    logging.getLogger("core").error("it stumbled", exc_info=refused.value)

    (line,) = [one for one in written.lines if one["message"] == "it stumbled"]
    assert "IntegrityError" in line["exc_info"]
    assert MARKER not in written.text


def test_in_text_what_it_is_about_stands_at_the_end(written_as_text: Written) -> None:
    with logs.about(request_id="abc"), logs.about(incident=42):
        logging.getLogger("core").warning("Slack said no to dave@example.com")
    logging.getLogger("core").info("alone")
    first, second = written_as_text.text.splitlines()
    assert first.endswith("WARNING core: Slack said no to …@… [incident=42 request_id=abc]")
    assert second.endswith("INFO    core: alone")


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("xoxb-12-ab and xapp-1-A", "x… and x…"),
        ("postgresql://tocsin:pa55@db/tocsin", "postgresql://…@db/tocsin"),
        ("no Slack user for Dave.O+x@mail.example.com.", "no Slack user for …@…."),
        ("no such row\nDETAIL: Failing row contains (1, a\n\nb).\n\nThe above exception", None),
        ("the key is hunter2-hunter2", "the key is …"),
        ("Bearer toc_live_A-b_9xyz was refused", "Bearer toc_live_… was refused"),
        ("GET /calendars/A-b_9xyz.ics failed", "GET /calendars/….ics failed"),
        ("incident #42 in <#C123>", "incident #42 in <#C123>"),
    ],
)
def test_what_must_not_be_there_is_taken_out(raw: str, cleaned: str | None) -> None:
    expected = cleaned or "no such row\nDETAIL: …\n\nThe above exception"
    assert Cleaner(["hunter2-hunter2", "in"]).clean(raw) == expected


def test_the_settings_know_what_is_secret() -> None:
    settings = Settings(
        _env_file=None,
        database_url="postgresql://tocsin:of-the-database@db/tocsin",
        slack_bot_token="xoxb-1",
        slack_app_token="xapp-1",
        slack_signing_secret="of-signing",
        tocsin_heartbeat_url="https://monitor.example.com/abc",
        smtp_url="smtp://user:of-mail@mail.example.com",
        mail_from="tocsin@example.com",
    )
    assert set(settings.secrets) == {
        "xoxb-1", "xapp-1", "of-signing", "of-the-database", "of-mail",
        "https://monitor.example.com/abc",
    }  # fmt: skip
