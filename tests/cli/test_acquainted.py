"""Whoever applies a file learns at once whom of its people Slack does not know, and the others are
known to it before `serve` has ever run."""

import pytest

from assembly.settings import Settings
from cli.acquainted import acquaint
from cli.apply import apply
from cli.blueprint import read_blueprint
from core import people
from core.transaction import Actor

FILE = """\
admins: [alice@example.com]
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - {name: Primary, shift: weekly, handoff: "09:00", people: [bob@exmaple.com, alice@example.com]}
policies:
  Payments:
    layers:
      - {page: {people: [bob@exmaple.com, gail@example.com]}, timeout: 5 min}
"""  # noqa: E501  (as one would type it)


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
        "tocsin.yaml:6: Slack knows no full member with the e-mail bob@exmaple.com, who can't be "
        "reached by any page. Correct it here, or invite them to Slack.",
        "tocsin.yaml:10: Slack knows no full member with the e-mail gail@example.com, who can't "
        "be reached by any page. Correct it here, or invite them to Slack.",
    )


async def test_where_there_is_mail_they_are_reached_by_that_alone(clinic, actor):
    mail = {"smtp_url": "smtp://127.0.0.1", "mail_from": "tocsin@example.com"}
    assert "who is reached by mail alone." in (await _acquaint(clinic, actor, **mail))[0]


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


async def test_a_slack_that_refuses_or_is_away_is_said_and_nothing_is_lost(clinic, actor):
    clinic.slack.answers["users.lookupByEmail"] = {"ok": False, "error": "ratelimited"}
    assert await _acquaint(clinic, actor) == (
        "Slack did not say whom of these people it knows (ratelimited). "
        "`python app.py doctor` asks again.",
    )
    (away,) = await _acquaint(clinic, actor, slack_api_url="http://127.0.0.1:1/api/")
    assert away.startswith("Slack did not say whom of these people it knows (")


async def test_without_a_token_or_for_another_workspace_nothing_is_said(clinic, actor):
    assert await _acquaint(clinic, actor, slack_bot_token=None) == ()
    other = await people.ensure_organization(clinic.core, slack_team_id="T2", name="Other")
    assert await _acquaint(clinic, Actor.system(other.id)) == ()
