"""PURE. Through what a member can be reached at all, as far as it is known without asking Slack."""

from collections.abc import Collection

from storage.models import Member
from storage.vocabulary import Channel


def can_arrive(member: Member, channel: Channel) -> bool:
    """Whether a page through this channel has anywhere to go.

    Whoever is known by e-mail alone is looked for in Slack when they are paged, and may be found.
    """
    if channel is Channel.SLACK_DM:
        return bool(member.slack_user_id or member.email)
    return bool(member.email)


def surely_reachable(member: Member, channels: Collection[Channel]) -> bool:
    """Whether there is a channel that needs no luck: a matched Slack user, or mail."""
    if member.slack_user_id and Channel.SLACK_DM in channels:
        return True
    return bool(member.email) and Channel.MAIL in channels
