"""response_url: five answers within half an hour to what one person did, without any token."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.content import read_content
from sandbox.errors import SlackError
from sandbox.posting import Posting
from sandbox.records import Conversation, Message
from sandbox.store import Store

Json = dict[str, Any]
USES = 5
LIFETIME = 30 * 60.0


@dataclass(eq=False)
class ResponseUrl:
    """One response_url: whom it answers, where, and how often it was used."""

    token: str
    user: str
    channel: str
    issued: float
    original: Message | None = None
    used: int = 0


@dataclass(eq=False)
class ResponseUrls:
    """All response_urls that were handed out; their age is measured on the workspace's clock."""

    store: Store
    posting: Posting
    base_url: str = ""
    issued: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(self, user: str, channel: str, original: Message | None = None) -> ResponseUrl:
        """A new response_url for something this person just did."""
        token = secrets.token_hex(12)
        self.issued[token] = ResponseUrl(token, user, channel, self.store.clock(), original)
        return self.issued[token]

    def address(self, response_url: ResponseUrl) -> str:
        """Where the app has to POST."""
        return f"{self.base_url}/response/{response_url.token}"

    def use(self, token: str, body: Mapping[str, Any]) -> Message | None:
        """Do what was posted to a response_url; refused with 404 when it is used up or too old."""
        url = self.issued.get(token)
        if url is None:
            raise SlackError("no_such_url", status=404)
        if self.store.clock() - url.issued > LIFETIME:
            raise SlackError("expired_url", status=404)
        if url.used >= USES:
            raise SlackError("used_url", status=404)
        url.used += 1
        original = url.original if url.original and not url.original.deleted else None
        if body.get("delete_original") and original:
            self.posting.delete(original)
            return None
        try:
            return self.write(url, body, original if body.get("replace_original") else None)
        except SlackError as refusal:
            refusal.status = 400
            raise

    def write(
        self, url: ResponseUrl, body: Mapping[str, Any], replaced: Message | None = None
    ) -> Message:
        """Show an answer: in place of a message, to everybody, or (unless said) to one person."""
        content = read_content(body, self.store)
        if replaced is not None:
            self.posting.edit(replaced, content)
            return replaced
        everybody = body.get("response_type") == "in_channel"
        thread_ts = body.get("thread_ts")
        return self.posting.post(
            self.conversation(url),
            content,
            thread_ts=str(thread_ts) if thread_ts else None,
            reader=None if everybody else url.user,
            origin=url.token,
        )

    def conversation(self, url: ResponseUrl) -> Conversation:
        """Where its answers appear."""
        return self.store.conversations[url.channel]
