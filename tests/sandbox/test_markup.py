"""Text: what a reader sees, whom it pings, and how what people type is escaped."""

import asyncio
from zoneinfo import ZoneInfo

import pytest

from sandbox import Workspace, markup
from tests.sandbox.conftest import client_of, make_workspace
from tests.sandbox.shapes import actions, button, plain, section


@pytest.fixture
def store() -> Workspace:
    return make_workspace()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("*bold* _it_ ~gone~ `code`", "bold it gone code"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("<https://x.test|Runbook>", "Runbook"),
        ("<https://x.test>", "https://x.test"),
        ("<!channel> <!here|here>", "@channel @here"),
        ("<!subteam^S1|@ops>", "@ops"),
        ("<@U404>", "@U404"),
        ("```*kept*```", "*kept*"),
        ("<!date^1700000000^{date_num} {time}|then>", "2023-11-14 23:13"),
        ("<!date^soon^{time}|then>", "then"),
        ("\x000\x00 zero", "0 zero"),
    ],
)
def test_a_reader_sees(store: Workspace, text: str, seen: str) -> None:
    assert markup.seen(text, store.engine.store, ZoneInfo("Europe/Berlin")) == seen


def test_ids_are_read_as_names(store: Workspace) -> None:
    bob, general = store.person("bob").id, store.channel("general").id
    text = f"<@{bob}> in <#{general}>"
    assert markup.seen(text, store.engine.store) == "@Bob Stone in #general"


def test_a_date_near_today_has_a_word(store: Workspace) -> None:
    text = "<!date^1700000000^{date_short_pretty} {time}|x>"
    seen = markup.seen(text, store.engine.store, ZoneInfo("UTC"), 1_700_000_000)
    assert seen == "today 22:13"


@pytest.mark.parametrize(
    ("text", "pinged"),
    [
        ("hello <@U1> and <@U2|bob>", {"U1", "U2"}),
        ("<!channel> <!here>", {"channel", "here"}),
        ("<!subteam^S1>", {"S1"}),
        ("&lt;!channel&gt; @bob", set()),
    ],
)
def test_only_unescaped_mentions_ping(text: str, pinged: set[str]) -> None:
    assert markup.mentions(text) == pinged


def test_what_is_typed_is_escaped_and_mentions_get_ids(store: Workspace) -> None:
    bob, general = store.person("bob").id, store.channel("general").id
    typed = markup.escape_typed("a<b & @bob in #general, not @nobody", store.engine.store)
    assert typed == f"a&lt;b &amp; <@{bob}|bob> in <#{general}|general>, not @nobody"


async def test_plain_shows_blocks_and_hides_the_notification_text(workspace: Workspace) -> None:
    blocks = [
        {"type": "header", "text": plain("<b> & *stars*")},
        section("*bold* &lt;b&gt;", accessory=button("View")),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "by <!here>"}, plain("x")]},
        actions(button("Acknowledge")),
    ]
    general = workspace.channel("general")
    await client_of(workspace).chat_postMessage(channel=general.id, text="hidden", blocks=blocks)
    message = general.messages[0]
    assert message.plain.split("\n") == [
        "<b> & *stars*", "bold <b>", "View", "by @here x", "Acknowledge",
    ]  # fmt: skip
    assert message.buttons == ["View", "Acknowledge"]
    assert message.mentions == {"here"}


async def test_each_reader_sees_times_in_their_own_zone(workspace: Workspace) -> None:
    general = workspace.channel("general")
    text = "<!date^1700000000^{time}|22:13 UTC>"
    await client_of(workspace).chat_postMessage(channel=general.id, text=text)
    message = general.messages[0]
    assert workspace.person("alice").reads(message) == "23:13"
    assert workspace.person("bob").reads(message) == "17:13"
    assert message.plain == "22:13"


async def test_link_names_bring_a_plain_channel_mention_alive(workspace: Workspace) -> None:
    api, general = client_of(workspace), workspace.channel("general")
    await api.chat_postMessage(channel=general.id, text="@channel")
    await api.chat_postMessage(channel=general.id, text="@channel", link_names=True)
    assert [message.mentions for message in general.messages] == [set(), {"channel"}]


async def test_until_wakes_at_a_change_and_says_when_nothing_came(workspace: Workspace) -> None:
    general = workspace.channel("general")
    waiting = asyncio.ensure_future(workspace.until(lambda: general.messages))
    await client_of(workspace).chat_postMessage(channel=general.id, text="x")
    assert (await waiting)[0].text == "x"
    with pytest.raises(TimeoutError, match="did not happen within"):
        await workspace.until(lambda: False, timeout=0.01)
