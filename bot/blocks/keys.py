"""API keys for admins: all of them, page by page, and a new one, which is shown this once."""

from collections.abc import Sequence
from typing import Any

from bot.blocks import ids
from bot.blocks.build import (
    button,
    confirmation,
    context,
    exact,
    header,
    modal,
    plain,
    section,
)
from bot.blocks.components import error_block
from bot.blocks.managed import managed_list
from bot.blocks.text import Block, cut, escape, moment, name, when
from core.key_facts import KeyLine
from storage.vocabulary import Role

_WHOSE = {Role.MEMBER: "A member's key", Role.ADMIN: "An admin's key"}
_NONE = (
    "There are no API keys.\n\nA key lets a program use Tocsin as members do: a deploy that "
    "declares an incident, a dashboard that asks who is on call."
)


def home_keys(every: Sequence[KeyLine]) -> list[Block]:
    """What an admin's Home says of them."""
    manage = button("Manage API keys", ids.KEYS_OPEN, "0")
    return [header("API keys"), exact(_counted(every), accessory=manage)]


def keys_view(
    every: Sequence[KeyLine], *, page: int = 0, said: str | None = None, error: str | None = None
) -> dict[str, Any]:
    """All keys, a page of them, with what came of what was pressed: `said`, or an `error`."""
    return managed_list(
        "API keys",
        every,
        lambda shown: [_row(one) for one in shown],
        page=page,
        buttons=[button("New API key", ids.KEY_NEW, "new", style="primary")],
        said=[*error_block(error), *([exact(said)] if said else [])],
        none_yet=_NONE,
        open_id=ids.KEYS_OPEN,
        callback_id=ids.KEYS_VIEW,
    )


def shown_once(key: KeyLine, secret: str, public_url: str | None) -> dict[str, Any]:
    """A new key, to be copied now. It has no button: what is pressed in a view is sent with it."""
    until = f"until {moment(key.expires_at)}" if key.expires_at else "until it is revoked"
    return modal(
        "Your new API key",
        [
            header(key.name),
            section(f"{_WHOSE[key.role]}, good {until}."),
            section("⚠️ *Copy it now: you won't see it again.*"),
            section(f"```{secret}```"),
            context(plain("Keep it where secrets are kept. Tocsin has no copy: if it is lost, "
                          "revoke it and make another.")),
            *(_example(public_url) if public_url else []),
        ],
    )  # fmt: skip


def _example(public_url: str) -> list[Block]:
    """How to use it, without the key in it: it would stand in a shell's history."""
    line = f'curl -H "Authorization: Bearer $TOCSIN_KEY" {public_url}/v1/incidents'
    return [context(plain("Try it, with the key in TOCSIN_KEY:")), section(f"```{escape(line)}```")]


def _counted(every: Sequence[KeyLine]) -> str:
    if not every:
        return "There are none. A key lets a program use Tocsin."
    expired = sum(one.expired for one in every)
    count = f"{len(every):,} API key{'' if len(every) == 1 else 's'}"
    return f"{count}, {expired:,} expired." if expired else f"{count}."


def _row(one: KeyLine) -> Block:
    told = f"*{escape(name(one.name))}*  ·  {one.role.value}"
    used = f"Last used {when(one.last_used_at)}" if one.last_used_at else "Never used"
    revoke = confirmation(
        "Revoke this API key?",
        f"Whatever uses “{cut(one.name, 120)}” is refused at once. It can't be brought back.",
        "Revoke",
    )
    return {
        **section(f"{told}\n{used}  ·  {_end(one)}"),
        "accessory": button("Revoke", ids.KEY_REVOKE, str(one.id), confirm=revoke),
    }


def _end(one: KeyLine) -> str:
    if one.expires_at is None:
        return "never expires"
    return (
        f"⚠️ *expired* {moment(one.expires_at)}"
        if one.expired
        else f"expires {moment(one.expires_at)}"
    )
