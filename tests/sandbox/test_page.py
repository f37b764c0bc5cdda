"""The browser page's endpoints: the contract with the page, and who may use them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace
from tests.sandbox.conftest import Bell, make_workspace
from tests.sandbox.shapes import actions, button, choice, home, modal, option, section, typed


class Browser:
    def __init__(self, session: aiohttp.ClientSession, workspace: Workspace) -> None:
        self.session = session
        self.url = workspace.engine.base_url
        self.me = workspace.person("bob").id

    async def get(self, path: str, **query: str) -> Any:
        async with self.session.get(self.url + path, params={"as": self.me, **query}) as answer:
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.session.post(self.url + path, json={"as": self.me, **body}) as answer:
            found = await answer.json()
            assert answer.status == (400 if "error" in found else 200)
            return found


@pytest.fixture
async def browser(workspace: Workspace) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(session, workspace)


async def test_the_state_is_what_one_person_sees(
    workspace: Workspace, bell: Bell, browser: Browser
) -> None:
    state = await browser.get("/ui/state")
    assert state["me"] == browser.me
    assert state["clock"] == {"now": 1_700_000_000.0, "speed": 1.0}
    assert state["app"]["connected"] is True
    assert [each["command"] for each in state["commands"]] == ["/bell", "/raw"]
    assert [each["name"] for each in state["conversations"]] == [
        "general", "incidents", "elsewhere", "old", "Bell",
    ]  # fmt: skip
    assert state["conversations"][-1]["kind"] == "app_dm"
    assert (state["views"], state["home"]) == ([], None)
    assert (await browser.get("/ui/state", **{"as": "U404"}))["error"] == "not_found"


async def test_messages_threads_and_ephemerals(
    workspace: Workspace, browser: Browser, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    first = await api.chat_postMessage(channel=general, text="first")
    await api.chat_postMessage(channel=general, text="reply", thread_ts=first["ts"])
    await api.chat_postEphemeral(channel=general, user=browser.me, text="psst")
    await api.chat_postEphemeral(
        channel=general, user=workspace.person("alice").id, text="not for bob"
    )
    shown = (await browser.get("/ui/messages", channel=general))["messages"]
    assert [(each["text"], each["reply_count"], each["ephemeral"]) for each in shown] == [
        ("first", 1, False), ("psst", 0, True),
    ]  # fmt: skip
    thread = await browser.get("/ui/messages", channel=general, thread_ts=first["ts"])
    assert [each["text"] for each in thread["messages"]] == ["first", "reply"]
    secret = workspace.channel("secret").id
    assert (await browser.get("/ui/messages", channel=secret))["error"] == "channel_not_found"
    state = await browser.get("/ui/state")
    assert state["conversations"][0]["unread"] == 1
    assert await browser.post("/ui/read", channel=general) == {"ok": True}
    assert (await browser.get("/ui/state"))["conversations"][0]["unread"] == 0


async def test_a_command_is_typed_and_its_failures_have_names(
    workspace: Workspace, bell: Bell, browser: Browser
) -> None:
    general = workspace.channel("general").id
    assert await browser.post("/ui/command", channel=general, text="/bell x") == {"ok": True}
    unknown = await browser.post("/ui/command", channel=general, text="/gong")
    assert unknown["error"] == "unknown_command"
    bell.answers("command", (500, {}, b""))
    failed = await browser.post("/ui/command", channel=general, text="/bell")
    assert failed == {
        "ok": False,
        "error": "dispatch_failed",
        "message": '/bell failed with the error "dispatch_failed"',
    }
    assert (await browser.post("/ui/command", channel=general))["error"] == "invalid_arguments"


async def test_a_modal_is_filled_refused_and_submitted(
    workspace: Workspace, bell: Bell, browser: Browser, api: AsyncWebClient
) -> None:
    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        view = modal(typed("Title"), choice("Severity", "High", "Low"))
        await api.views_open(trigger_id=payload["trigger_id"], view=view)

    await browser.post("/ui/command", channel=workspace.channel("general").id, text="/bell")
    view = (await browser.get("/ui/state"))["views"][0]
    assert view["state"]["values"]["title"]["text"]["value"] is None
    state: dict[str, Any] = {"title": {"text": None}, "severity": {"pick": "low"}}
    refused = await browser.post("/ui/submit", view_id=view["id"], state=state)
    assert refused == {"ok": False, "errors": {"title": "Please complete this required field."}}
    shown = (await browser.get("/ui/state"))["views"][0]
    assert shown["errors"] == refused["errors"]
    assert shown["state"]["values"]["severity"]["pick"]["selected_option"] == option("Low")
    state["title"]["text"] = "Fire"
    accepted = await browser.post("/ui/submit", view_id=view["id"], state=state)
    assert accepted == {"ok": True}
    assert (await browser.get("/ui/state"))["views"] == []
    again = await browser.post("/ui/submit", view_id=view["id"], state=state)
    assert again["error"] == "view_not_found"


async def test_an_action_is_only_what_is_rendered(
    workspace: Workspace, bell: Bell, browser: Browser, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    menu = {"type": "overflow", "action_id": "more", "options": [option("Redact")]}
    row = [actions(button("Go"), menu, block_id="row")]
    ts = (await api.chat_postMessage(channel=general, text="x", blocks=row))["ts"]
    where = {"container": {"type": "message", "channel": general, "ts": ts}, "block_id": "row"}
    assert await browser.post("/ui/action", **where, action_id="press") == {"ok": True}
    await browser.post("/ui/action", **where, action_id="more", value="redact")
    missing = await browser.post("/ui/action", **where, action_id="gone")
    assert missing["error"] == "no_such_action"
    wrong = await browser.post("/ui/action", **where, action_id="more", value="explode")
    assert wrong["error"] == "option_not_found"
    assert [each["actions"][0]["type"] for each in bell.of("block_actions")] == [
        "button", "overflow",
    ]  # fmt: skip


async def test_what_is_typed_goes_along_with_an_action_in_a_view(
    workspace: Workspace, bell: Bell, browser: Browser, api: AsyncWebClient
) -> None:
    external = {"type": "external_select", "min_query_length": 0}

    @bell.on("command")
    async def opens(payload: dict[str, Any]) -> None:
        view = modal(typed("Title"), typed("Part", element=external), actions(button("Help")))
        await api.views_open(trigger_id=payload["trigger_id"], view=view)

    bell.answers("block_suggestion", {"options": [option("Checkout")]})
    await browser.post("/ui/command", channel=workspace.channel("general").id, text="/bell")
    view = (await browser.get("/ui/state"))["views"][0]
    part = {"view_id": view["id"], "block_id": "part", "action_id": "text"}
    offered = await browser.post("/ui/suggest", **part, query="")
    assert offered["options"] == [option("Checkout")]
    await browser.post(
        "/ui/action",
        container={"type": "view", "view_id": view["id"]},
        block_id=view["blocks"][2]["block_id"],
        action_id="press",
        state={"title": {"text": "Fire"}, "part": {"text": "checkout"}},
    )
    values = bell.of("block_actions")[0]["view"]["state"]["values"]
    assert values["title"]["text"]["value"] == "Fire"
    assert values["part"]["text"]["selected_option"] == option("Checkout")
    assert await browser.post("/ui/close", view_id=view["id"]) == {"ok": True}
    assert (await browser.get("/ui/state"))["views"] == []


async def test_messages_shortcuts_and_the_home_tab(
    workspace: Workspace, bell: Bell, browser: Browser, api: AsyncWebClient
) -> None:
    @bell.on("app_home_opened")
    async def publish(payload: dict[str, Any]) -> None:
        await api.views_publish(user_id=payload["event"]["user"], view=home(section("hello")))

    general = workspace.channel("general")
    await browser.post("/ui/message", channel=general.id, text="it burns")
    ts = general.messages[0].ts
    await browser.post("/ui/message", channel=general.id, text="really", thread_ts=ts)
    await browser.post("/ui/shortcut", callback_id="ring")
    await browser.post("/ui/shortcut", callback_id="ring_about", channel=general.id, ts=ts)
    await browser.post("/ui/home")
    assert [each.text for each in general.thread(ts)] == ["it burns", "really"]
    assert len(bell.of("shortcut")) == len(bell.of("message_action")) == 1
    assert (await browser.get("/ui/state"))["home"]["blocks"][0]["text"]["text"] == "hello"


async def test_changes_stream_to_whom_they_concern(
    workspace: Workspace, browser: Browser, api: AsyncWebClient
) -> None:
    general = workspace.channel("general").id
    params = {"as": browser.me}
    async with browser.session.get(browser.url + "/ui/events", params=params) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert (await stream.content.readline()).startswith(b":")
        await stream.content.readline()
        await api.views_publish(user_id=workspace.person("alice").id, view=home())
        await api.chat_postMessage(channel=general, text="x")
        line = await asyncio.wait_for(stream.content.readline(), 1)
        assert json.loads(line.removeprefix(b"data: ")) == {
            "conversations": [general], "views": False, "home": False,
        }  # fmt: skip


async def test_only_this_machine_may_be_served() -> None:
    for host in ("0.0.0.0", "192.168.1.1", "acme.test"):
        with pytest.raises(ValueError, match="only listens on this machine"):
            async with make_workspace().serve(host=host):
                pass


async def test_a_strange_website_can_t_act_by_way_of_the_browser(
    workspace: Workspace, browser: Browser
) -> None:
    url = browser.url + "/ui/message"
    body = {"as": browser.me, "channel": workspace.channel("general").id, "text": "x"}
    async with browser.session.post(url, data=json.dumps(body)) as answer:
        assert answer.status == 415
    headers = {"Host": "evil.test"}
    async with browser.session.post(url, json=body, headers=headers) as answer:
        assert answer.status == 403
    assert workspace.channel("general").messages == []


async def test_files_outside_of_the_page_are_not_served(browser: Browser) -> None:
    for path in ("/static/..%2fserver.py", "/static/nothing.js"):
        async with browser.session.get(browser.url + path) as answer:
            assert answer.status == 404
    async with browser.session.get(browser.url + "/") as answer:
        assert answer.status == 200
