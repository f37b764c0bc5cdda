"""Whose time on call has changed hears of it, in Slack or not."""

from datetime import timedelta

import pytest

from core import overrides, people
from core.covering import OverrideDraft
from tests.cast import NOON
from tests.mail.conftest import Both


@pytest.mark.parametrize("in_slack", [True, False])
async def test_who_was_never_seen_in_slack_is_written_to(both: Both, in_slack: bool) -> None:
    engine = both.engine
    dave = engine.cast["dave"]
    async with engine.core.transaction(engine.system) as tx:
        (await people.get_member(tx, dave.id)).slack_user_id = "UDAVE" if in_slack else None
    span = OverrideDraft(dave.id, NOON + timedelta(hours=1), NOON + timedelta(hours=2))

    await engine.do("alice", overrides.create, engine.schedule_id, span)
    await engine.settle()

    letters = [one.name for one in both.mail.posts.values() if one.kind == "duty_changed"]
    assert (dave.name in letters) is not in_slack
    assert dave.name in [one.name for one in both.slack.posts.values()]
