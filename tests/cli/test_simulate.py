"""`simulate`: what is typed is understood or refused in a sentence, and what is found is told."""

from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assembly.settings import SettingsError
from cli.simulate import render, simulate
from core.policies import EscalationLayerDraft
from storage.vocabulary import Channel
from tests.core import given
from tests.engine import Engine


async def _said(engine: Engine, policy: str, here: tzinfo = UTC, **asked: Any) -> str:
    return render(await simulate(engine.core, engine.system, policy, **asked), here).plain


async def _refusal(engine: Engine, policy: str, **asked: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        await simulate(engine.core, engine.system, policy, **asked)
    return str(refused.value)


async def test_a_policy_is_told_on_the_schedules_clock_and_the_readers(
    engine: Engine,
) -> None:
    engine.core.person_channels = (Channel.SLACK_DM, Channel.MAIL)
    await given.override(engine, engine.schedule_id, "dave", hours=20)
    await given.stand_by(engine, "alice")

    assert (
        await _said(engine, " payments ")
        == """\
Payments: declared Wed 18 Nov 2026, 13:00 Berlin (12:00 UTC), and nobody answers
    0 min  Wed 18 Nov 2026, 13:00 Berlin (12:00 UTC)
        layer 1 of 2 pages
          Dave, by Slack and e-mail
            on call for Payments, rotation Primary, week 1, overriding Bob \
until Thu 19 Nov 2026, 09:00 Berlin (08:00 UTC)
        no answer in 5 min: layer 2
    5 min  Wed 18 Nov 2026, 13:05 Berlin (12:05 UTC)
        layer 2 of 2 pages
          Carol, by Slack and e-mail
        no answer in 10 min: the end
   15 min  Wed 18 Nov 2026, 13:15 Berlin (12:15 UTC)
        the policy is exhausted, and nobody has acknowledged; the last resort is paged
          Alice, by Slack and e-mail"""
    )


async def test_a_reader_on_the_schedules_clock_is_told_it_once(engine: Engine) -> None:
    tokyo = await _said(engine, "payments", here=ZoneInfo("Asia/Tokyo"))
    assert "Wed 18 Nov 2026, 13:00 Berlin (21:00 JST)" in tokyo
    paris = await _said(engine, "payments", here=ZoneInfo("Europe/Paris"))
    assert "declared Wed 18 Nov 2026, 13:00 Berlin, and nobody answers" in paris


async def test_faults_are_told_where_they_strike(engine: Engine) -> None:
    said = await _said(
        engine, "Payments", unreachable=["Bob@Example.com"], slack_down=True, at="2026-11-18T23:30Z"
    )

    assert "0:30 Berlin (18 Nov, 23:30 UTC)" in said, "the reader's day, where it is another"
    assert "Bob, by Slack (can't be delivered)" in said
    assert "no page of it can be delivered; at once: layer 2" in said
    assert "Carol, by Slack (Slack is down: kept trying)" in said
    assert said.endswith("nobody has acknowledged; no last resort is named")


async def test_what_pages_nobody_says_so(engine: Engine) -> None:
    nights = EscalationLayerDraft(5, await given.empty_schedule(engine))
    await given.policy(engine, "Nights", nights)
    await given.policy(engine, "Empty")
    await given.policy(engine, "Gone", given.pages(engine, "dave"))
    await given.stand_by(engine, "dave")
    await given.remove(engine, "dave")

    assert "layer 1 of 1 is skipped: nobody is on call for Nights" in await _said(engine, "nights")
    assert "layer 1 of 1 is skipped: nobody of it is left" in await _said(engine, "gone")
    assert (await _said(engine, "empty")).endswith(
        "the policy has no layers, so nobody is paged; the last resort pages nobody either"
    )


@pytest.mark.parametrize(
    ("policy", "asked", "refusal"),
    [
        ("Paymnts", {}, "There is no policy called “Paymnts”. Did you mean “Payments”?"),
        ("xyz", {}, "There is no policy called “xyz”. The policies are: Payments."),
        (
            "Payments",
            {"unreachable": ["bop@example.com"]},
            "--unreachable: nobody here has the address bop@example.com. "
            "Did you mean bob@example.com?",
        ),
        (
            "Payments",
            {"at": "2026-11-21T12:00"},
            "--at: “2026-11-21T12:00” does not say in which zone. Write 2026-11-21T12:00:00+01:00.",
        ),
        (
            "Payments",
            {"at": "tomorrow"},
            "--at: “tomorrow” is no date and time. Write one such as 2026-11-02T09:00:00+01:00.",
        ),
        (
            "Payments",
            {"at": "9999-12-31T23:59:00Z"},
            "--at: That is at the very end of the calendar. Choose another instant.",
        ),
    ],
)
async def test_what_means_nothing_is_refused_with_what_was_perhaps_meant(
    engine: Engine, policy: str, asked: dict[str, Any], refusal: str
) -> None:
    assert await _refusal(engine, policy, **asked) == refusal
