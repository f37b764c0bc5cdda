"""Whoever applies a file learns at once whom of its people Slack does not know, and the others are
known to it before `serve` has ever run."""

import pytest

from assembly.settings import Settings
from cli.acquainted import acquaint
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import people
from core.transaction import Actor
from tests.cast import NOON

FILE = """\
admins: [alice@example.com]
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - {name: Primary, shift: weekly, handoff: "09:00",
         people: [bob@exmaple.com, alice@example.com]}
policies:
  Payments:
    layers:
      - {page: {people: [bob@exmaple.com, gail@example.com]}, timeout: 5 min}
"""

ALICE = {"email": "alice@example.com", "real_name": "Alice Martin"}


@pytest.fixture
async def actor(clinic):
    clinic.slack.emails = {
        "alice@example.com": {"id": "U1", "team_id": "T1", "profile": ALICE},
        "gail@example.com": {"id": "U2", "team_id": "T1", "is_restricted": True},
    }  # fmt: skip
    organization = await people.ensure_organization(clinic.core, slack_team_id="T1", name="Acme")
    return Actor.system(organization.id)


async def _acquaint(clinic, actor, *, match=True, **changed):
    here = {"slack_api_url": clinic.client.base_url}
    settings = Settings(_env_file=None, **{**clinic.settings, **here, **changed})
    return await acquaint(clinic.core, actor, settings, read_blueprint(FILE), match=match)


async def _known_to_slack(clinic, actor):
    async with clinic.core.reading(actor) as tx:
        return {one.email: one.name for one in await people.members(tx) if one.slack_user_id}


async def test_each_mistyped_address_is_named_once_with_its_line(clinic, actor):
    assert await _acquaint(clinic, actor, match=False) == (
        "tocsin.yaml:7: bob@exmaple.com is the e-mail of no full member of the workspace, and "
        "can't be reached by any page. Correct it here, or invite them to Slack.",
        "tocsin.yaml:11: gail@example.com is the e-mail of no full member of the workspace, and "
        "can't be reached by any page. Correct it here, or invite them to Slack.",
    )


async def test_where_there_is_mail_they_are_reached_by_that_alone(clinic, actor):
    mail = {"smtp_url": "smtp://127.0.0.1", "mail_from": "tocsin@example.com"}
    assert "and is reached by mail alone." in (await _acquaint(clinic, actor, **mail))[0]


async def test_before_anything_is_applied_nobody_is_made(clinic, actor):
    await _acquaint(clinic, actor, match=False)
    async with clinic.core.reading(actor) as tx:
        assert await people.members(tx) == []


async def test_whom_slack_knows_is_matched_and_not_asked_for_again(clinic, actor):
    await apply(clinic.core, actor, read_blueprint(FILE))
    await _acquaint(clinic, actor)
    assert await _known_to_slack(clinic, actor) == {"alice@example.com": "Alice Martin"}

    clinic.slack.called.clear()
    await _acquaint(clinic, actor)
    assert clinic.slack.called.count("users.lookupByEmail") == 2, "the two strangers"


async def test_who_is_known_under_another_address_or_was_removed_is_told_with_what_to_do(
    clinic, actor
):
    await clinic.member("old.alice@example.com", slack_user_id="U1")
    await apply(clinic.core, actor, read_blueprint(FILE))
    told = await _acquaint(clinic, actor)
    assert (
        "tocsin.yaml:1: alice@example.com is in Slack whom Tocsin knows as old.alice@example.com. "
        "Name them so here." in told
    )

    await clinic.member("old.alice@example.com", removed_at=NOON)
    told = await _acquaint(clinic, actor)
    assert (
        "tocsin.yaml:1: alice@example.com is in Slack somebody who was removed here. An admin can "
        "add them again." in told
    )


async def test_a_slack_that_refuses_or_is_away_is_said_and_nothing_is_lost(clinic, actor):
    away = await _acquaint(clinic, actor, slack_api_url="http://127.0.0.1:1/api/")
    assert away[0].startswith("Slack did not say whom else of these people it knows (")
    clinic.slack.answers["users.lookupByEmail"] = {"ok": False, "error": "ratelimited"}
    assert await _acquaint(clinic, actor) == (
        "Slack did not say whom else of these people it knows (ratelimited). "
        "`python app.py doctor` asks again.",
    )


async def test_without_a_token_nothing_is_asked(clinic, actor):
    assert await _acquaint(clinic, actor, slack_bot_token=None) == ()
    assert clinic.slack.called == []


async def test_another_workspaces_token_is_said_and_makes_no_organization(clinic, actor):
    clinic.slack.answers["auth.test"] |= {"team_id": "T9", "team": "Nine"}
    assert await _acquaint(clinic, actor) == (
        "SLACK_BOT_TOKEN is another workspace's: nobody was looked up in Slack.",
    )
    async with clinic.core.reading(Actor.system()) as tx:
        assert [one.name for one in await people.organizations(tx)] == ["Acme"]
