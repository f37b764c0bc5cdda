"""The address of a calendar feed: shown, made anew, made dead."""

from typing import Any

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, modal, plain, section
from bot.blocks.text import cut, escape

NEEDS_URL = (
    "Calendars need PUBLIC_URL, the address at which browsers reach Tocsin. Ask whoever runs it to "
    "set it."
)


def calendar_modal(whose: str, value: str, url: str | None) -> dict[str, Any]:
    """The feed of `whose` shifts; `value` names it to the buttons; without `url` it was revoked."""
    if url is None:
        new = button("Make a new address", ids.CALENDAR_OPEN, value, style="primary")
        gone = f"The address of {cut(whose, 300)} is dead. Calendars that read it show nothing new."
        return modal("Calendar", [exact(gone), *actions([new])], callback_id=ids.CALENDAR_VIEW)
    revoke = button(
        "Revoke it",
        ids.CALENDAR_REVOKE,
        value,
        confirm={
            "title": plain("Revoke this address?"),
            "text": plain(
                "Every calendar that reads it stops being updated, yours and everybody else's."
            ),
            "confirm": plain("Revoke"),
            "deny": plain("Keep"),
            "style": "danger",
        },
    )
    return modal(
        "Calendar",
        [
            exact(f"{cut(whose, 300)}, for Google, Apple or Outlook: subscribe to this address."),
            section(f"```{escape(url)}```"),
            context(
                plain("It is secret: whoever knows it reads names, schedules and times. Calendars "
                      "look for changes by themselves, within minutes to a day.")
            ),
            *actions([revoke]),
        ],
        callback_id=ids.CALENDAR_VIEW,
    )  # fmt: skip
