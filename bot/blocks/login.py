"""The link into the dashboard, as its one reader is sent it."""

from bot.blocks.build import context, exact, plain, section
from bot.blocks.text import Rendered, escape

DASHBOARD_NEEDS_URL = (
    "The dashboard needs PUBLIC_URL, the address at which browsers reach Tocsin. Ask whoever runs "
    "it to set it."
)


def login_message(url: str) -> Rendered:
    """The link behind a button, and what there is to know of it."""
    return Rendered(
        "Your link to sign in to Tocsin. It is good once, within ten minutes.",
        [
            exact("Here is your way into Tocsin's dashboard."),
            section(f"*<{escape(url)}|Sign in>*"),
            context(plain("For you alone: good once, within ten minutes. Don't pass it on.")),
        ],
    )
