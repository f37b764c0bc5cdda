"""The way into the dashboard: a personal link, by direct message, good once."""

from slack_sdk.errors import SlackApiError

from bot.answering import Answer
from bot.blocks.login import DASHBOARD_NEEDS_URL, login_message
from bot.gesture import Gesture, say
from core import sessions

PATH = "/app/sign-in"


async def send_link(gesture: Gesture, _value: str = "") -> Answer:
    """Send whoever asks a link that signs them in. Nobody else ever sees it."""
    public_url = gesture.workspace.public_url
    if public_url is None:
        return say(DASHBOARD_NEEDS_URL)
    async with gesture.core.transaction(gesture.actor) as tx:
        assert gesture.actor.id is not None  # noqa: S101  (who presses is a member)
        secret = await sessions.make_link(tx, gesture.actor.id)
    message = login_message(f"{public_url}{PATH}/{secret}")
    slack = gesture.workspace.slack
    try:
        opened = await slack.conversations_open(users=gesture.user_id)
        await slack.chat_postMessage(
            channel=opened["channel"]["id"],
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
        )
    except SlackApiError as error:
        return say(
            f"Slack did not take the message with your link ({error.response.get('error')}). Try "
            "again in a moment."
        )
    return say("Your link to sign in is in your direct messages from Tocsin.")
