"""Slack's side of the outbox: posts, edits and looks up messages, and says plainly what failed."""

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.blocks import bundle, card, notices, page, remarks
from bot.blocks.text import Rendered
from bot.workspace import Workspace
from core import people
from core.messages import Card, Page, ToAdmin
from core.remarks import Remark
from core.sending import LOOK_BACK, DeliveryFailed, Outgoing, Receipt, composing
from core.transaction import Actor, Core

log = logging.getLogger(__name__)

METADATA_TYPE = "tocsin_delivery"

_NO_SUCH_PERSON = {"users_not_found", "user_not_found", "user_disabled", "cannot_dm_bot",
                   "user_not_visible", "messages_tab_disabled"}  # fmt: skip
_NO_SUCH_CHANNEL = {"channel_not_found", "not_in_channel", "is_archived"}
_IN_THREAD = {"thread_ts", "reply_broadcast"}
_NO_SUCH_MESSAGE = {"message_not_found", "cant_update_message", "edit_window_closed",
                    "cant_delete_message"}  # fmt: skip
_BAD_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long",
               "metadata_too_large"}  # fmt: skip
_REFUSED_CONTENT = _BAD_BLOCKS | {"msg_too_long", "no_text", "invalid_arguments"}
_MAY_HAVE_ACTED = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}


class SlackSender:
    """Carries deliveries to Slack: to people's DMs and to the alerts channel."""

    def __init__(self, core: Core, workspace: Workspace) -> None:
        self._core = core
        self._workspace = workspace
        self._channels: dict[str, str] = {}
        self._held: dict[tuple[str, str], float] = {}

    async def aim(self, outgoing: Outgoing) -> bool:
        """Open the DM, or find the alerts channel; True if Slack had to be asked."""
        _, asked = await self._conversation(outgoing)
        return asked

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Post the message, marked with its delivery's id, so that it can be found again."""
        with composing():
            rendered = self._render(outgoing)
        channel, _ = await self._conversation(outgoing)
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": rendered.text,
            "blocks": rendered.blocks,
            "metadata": _metadata(outgoing),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if outgoing.thread:
            arguments["thread_ts"] = outgoing.thread["ts"]
            arguments["reply_broadcast"] = rendered.broadcast or isinstance(outgoing.message, Page)
        answer = await self._post(channel, arguments, outgoing)
        return {"channel": str(answer["channel"]), "ts": str(answer["ts"])}

    async def edit(self, outgoing: Outgoing) -> None:
        """Bring the message that was sent up to date, in place."""
        assert outgoing.receipt is not None  # noqa: S101  (only what was sent is edited)
        rendered = self._render(outgoing)
        channel, ts = outgoing.receipt["channel"], outgoing.receipt["ts"]
        try:
            await self._call(
                "chat_update",
                channel,
                channel=channel,
                ts=ts,
                text=rendered.text,
                blocks=rendered.blocks,
                metadata=_metadata(outgoing),
            )
        except DeliveryFailed as failure:
            is_taken_back = outgoing.update is not None and outgoing.update.redacted
            if not (failure.permanent and is_taken_back):
                raise
            # What can't be emptied is deleted; what is gone already needs nothing.
            if _code(failure) != "message_not_found":
                await self._call("chat_delete", channel, channel=channel, ts=ts)

    async def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the delivery's id among the conversation's messages, to the last page."""
        channel, _ = await self._conversation(outgoing)
        oldest = f"{(outgoing.attempted_at - LOOK_BACK).timestamp():.6f}"
        if outgoing.thread:
            found = await self._search(
                "conversations_replies", channel, outgoing, ts=outgoing.thread["ts"]
            )
            if found:
                return found
        return await self._search("conversations_history", channel, outgoing, oldest=oldest)

    async def _search(
        self, method: str, channel: str, outgoing: Outgoing, **arguments: str
    ) -> Receipt | None:
        wanted = str(outgoing.delivery_id)
        cursor = ""
        while True:
            answer = await self._call(
                method,
                channel,
                channel=channel,
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
                **arguments,
            )
            for message in answer.get("messages", []):
                payload = message.get("metadata", {}).get("event_payload", {})
                if payload.get("delivery_id") == wanted:
                    return {"channel": channel, "ts": str(message["ts"])}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    def _render(self, outgoing: Outgoing) -> Rendered:
        message = outgoing.message
        if isinstance(message, Page):
            assert outgoing.person is not None  # noqa: S101  (a page has somebody to wake)
            if outgoing.is_bundle:
                return bundle.bundle(outgoing, outgoing.person)
            return page.page(
                outgoing.incident,
                message,
                outgoing.round,
                outgoing.person,
                now=self._core.clock.now(),
                dashboard_url=self._workspace.dashboard_url(outgoing.incident.number),
            )
        if isinstance(message, Card):
            return card.card(outgoing.incident)
        if isinstance(message, ToAdmin):
            raise DeliveryFailed("what admins are told by mail is not told here", permanent=True)
        if isinstance(message, Remark):
            return remarks.remark(message, outgoing.person)
        return notices.notice(outgoing.incident, message, outgoing.update)

    async def _conversation(self, outgoing: Outgoing) -> tuple[str, bool]:
        """Where a message goes, and whether Slack had to be asked."""
        if outgoing.thread:
            return outgoing.thread["channel"], False
        if outgoing.person is None:
            wanted = outgoing.alerts_channel or ""
            if wanted in self._channels:
                return self._channels[wanted], False
            return await self._alerts_channel(wanted), True
        if outgoing.dm_id:
            return outgoing.dm_id, False
        user_id = outgoing.person.slack_user_id or await self._match(outgoing)
        answer = await self._call("conversations_open", user_id, users=user_id)
        dm_id = str(answer["channel"]["id"])
        async with self._core.transaction(Actor.system(self._workspace.organization_id)) as tx:
            await people.remember_dm(tx, outgoing.person.id, dm_id)
        return dm_id, True

    async def _match(self, outgoing: Outgoing) -> str:
        """The Slack user of a member who is known by e-mail alone."""
        if not outgoing.email:
            raise DeliveryFailed("no Slack user and no e-mail are known", permanent=True)
        try:
            person = await self._workspace.profile_by_email(outgoing.email)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise _failure(error, "users_lookupByEmail") from error
        return person.slack_user_id or ""

    async def _alerts_channel(self, wanted: str) -> str:
        """The id of the channel that the settings name, joined where the bot may join."""
        name, cursor = wanted.lstrip("#"), ""
        while True:
            answer = await self._call(
                "conversations_list",
                wanted,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=200,
                cursor=cursor,
            )
            for channel in answer["channels"]:
                if name in (channel["id"], channel["name"]):
                    if not channel.get("is_member") and not channel.get("is_private"):
                        await self._call("conversations_join", wanted, channel=channel["id"])
                    self._channels[wanted] = channel["id"]
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                raise DeliveryFailed(
                    f"there is no channel “{wanted}” that the bot can see: make it, or invite "
                    "the bot to it"
                )

    async def _post(
        self, channel: str, arguments: dict[str, Any], outgoing: Outgoing
    ) -> Mapping[str, Any]:
        async def post(given: dict[str, Any]) -> Mapping[str, Any]:
            outgoing.check_in_time(self._core.clock.now())
            return await self._call("chat_postMessage", channel, **given)

        try:
            return await post(arguments)
        except DeliveryFailed as failure:
            if not isinstance(failure.__cause__, SlackApiError):
                raise
            error = failure.__cause__.response.get("error")
            if error in _NO_SUCH_CHANNEL:
                await self._forget(channel, outgoing)
            if error == "thread_not_found":
                apart = {k: v for k, v in arguments.items() if k not in _IN_THREAD}
                return await post(apart)
            if error not in _BAD_BLOCKS:
                raise
        # A page that looks plain wakes people; one that Slack refuses does not.
        log.error("Slack refused the blocks of a message; sending its text alone")
        plain = {name: value for name, value in arguments.items() if name != "blocks"}
        return await post(plain)

    async def _forget(self, channel: str, outgoing: Outgoing) -> None:
        """A conversation that is no longer there is looked for anew at the next try."""
        self._channels = {n: c for n, c in self._channels.items() if c != channel}
        if outgoing.person:
            async with self._core.transaction(Actor.system(self._workspace.organization_id)) as tx:
                await people.remember_dm(tx, outgoing.person.id, None)

    async def _call(self, method: str, conversation: str, **arguments: Any) -> Mapping[str, Any]:
        now = self._core.clock.now().timestamp()
        self._held = {held: until for held, until in self._held.items() if until > now}
        held_until = self._held.get((method, conversation), 0)
        if held_until > now:
            raise DeliveryFailed(
                f"Slack holds {method} back",
                retry_after=held_until - now,
                holds_back=method == "chat_postMessage",
            )
        given = {name: value for name, value in arguments.items() if value != ""}
        try:
            answer = await getattr(self._workspace.slack, method)(**given)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = _failure(error, method)
            if failure.retry_after:
                self._held[method, conversation] = now + failure.retry_after
            raise failure from error
        return dict(answer.data)


def _metadata(outgoing: Outgoing) -> dict[str, Any]:
    return {
        "event_type": METADATA_TYPE,
        "event_payload": {"delivery_id": str(outgoing.delivery_id)},
    }


def _code(failure: DeliveryFailed) -> str | None:
    """Slack's own word for what failed, if it said one."""
    cause = failure.__cause__
    return cause.response.get("error") if isinstance(cause, SlackApiError) else None


def _failure(error: Exception, method: str) -> DeliveryFailed:
    """What an error of the Slack client means for a delivery."""
    posts = method == "chat_postMessage"
    if not isinstance(error, SlackApiError):
        # The connection broke or the answer never came. Only a refused one surely did nothing.
        refused = isinstance(error, aiohttp.ClientConnectorError)
        return DeliveryFailed(f"{method}: {type(error).__name__} {error}".strip(),
                              unknown=posts and not refused)  # fmt: skip
    response = error.response
    status = getattr(response, "status_code", 200)
    code = response.get("error") if isinstance(response.data, dict) else None
    if status == 429 or code == "ratelimited":
        headers = {name.lower(): value for name, value in response.headers.items()}
        after = headers.get("retry-after", "1")
        seconds = float(after[0] if isinstance(after, list) else after)
        return DeliveryFailed(
            f"{method}: Slack asked to wait", retry_after=max(seconds, 0.1), holds_back=posts
        )
    if code is None or status >= 500 or code in _MAY_HAVE_ACTED:
        return DeliveryFailed(f"{method}: Slack answered {status} {code or ''}", unknown=posts)
    permanent = code in _NO_SUCH_PERSON | _NO_SUCH_MESSAGE
    refused = posts and code in _REFUSED_CONTENT
    return DeliveryFailed(f"{method}: {code}", permanent=permanent, is_about_it=refused)
