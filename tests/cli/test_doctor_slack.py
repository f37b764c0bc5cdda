"""What the doctor finds of Slack: tokens, scopes, clock, ways in, the channel, the members."""

from datetime import timedelta

import pytest

from cli.doctor import exit_code
from core import people
from core.checkup import Mark
from core.transaction import Actor
from tests.cli.clinic import no


async def test_a_missing_bot_token_is_bad_and_slack_is_not_asked(clinic):
    findings = await clinic.unwell(
        slack_bot_token=None, slack_app_token=None, slack_signing_secret="s"
    )
    assert [one.what for one in findings] == ["Slack: SLACK_BOT_TOKEN is not set."]
    assert exit_code(findings) == 1
    assert clinic.slack.called == []


@pytest.mark.parametrize(
    "error", ["invalid_auth", "token_revoked", "account_inactive", "not_authed", "ratelimited"]
)
async def test_a_refused_token_is_bad_with_its_own_remedy(clinic, error):
    clinic.slack.answers["auth.test"] = no(error)
    (finding,) = await clinic.unwell()
    assert finding.what == f"Slack: SLACK_BOT_TOKEN is refused ({error})."
    assert "slack-status.com" not in finding.remedy


async def test_an_answer_that_is_not_slacks_is_said_as_such(clinic):
    clinic.slack.answers["auth.test"] = "<h1>Bad gateway</h1>"
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert "not Slack's, HTTP 502" in finding.what


async def test_an_unreachable_slack_is_said_once_and_in_a_sentence(clinic):
    clinic.client.base_url = "http://127.0.0.1:1/api/"
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert finding.what.startswith("Slack can't be reached at http://127.0.0.1:1/api/ (")


async def test_missing_scopes_are_named_and_more_than_needed_are_fine(clinic):
    clinic.slack.scopes = [*clinic.slack.scopes, "files:write"]
    assert await clinic.unwell() == []
    clinic.slack.scopes.remove("im:write")
    clinic.slack.scopes.remove("users:read.email")
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.BAD
    assert finding.what == "Scopes: not granted: im:write, users:read.email."


@pytest.mark.parametrize(
    ("seconds", "mark", "said"),
    [
        (20, Mark.WARN, "Clock: 20 s ahead of Slack's."),
        (-20, Mark.WARN, "Clock: 20 s behind Slack's."),
        (90, Mark.BAD, "Clock: 90 s ahead of Slack's. Slack's requests are refused at 300 s."),
    ],
)
async def test_a_clock_that_differs_from_slacks_is_said(clinic, seconds, mark, said):
    clinic.slack.clock_wrong = timedelta(seconds=-seconds)
    (finding,) = await clinic.unwell()
    assert finding.mark is mark
    shown = finding.what.replace(f" {abs(seconds) - 1} s ", f" {abs(seconds)} s ")
    assert shown.replace(f" {abs(seconds) + 1} s ", f" {abs(seconds)} s ") == said


async def test_without_a_way_in_for_slack_it_is_bad(clinic):
    (finding,) = await clinic.unwell(slack_app_token=None)
    assert finding.mark is Mark.BAD
    assert finding.what.startswith("Slack can't reach Tocsin: neither SLACK_APP_TOKEN")
    assert await clinic.unwell(slack_app_token=None, slack_signing_secret="s") == []


async def test_an_app_token_that_opens_no_socket_is_bad(clinic):
    clinic.slack.answers["apps.connections.open"] = no("not_allowed_token_type")
    (finding,) = await clinic.unwell()
    assert finding.what == "Slack: SLACK_APP_TOKEN opens no socket (not_allowed_token_type)."


async def test_an_alerts_channel_is_found_on_any_page_by_name_or_id(clinic):
    for name in ("incidents", "#incidents", "C2", "war-room"):
        assert await clinic.unwell(tocsin_alerts_channel=name) == []


async def test_the_alerts_channel_of_the_database_counts_where_the_environment_has_none(clinic):
    await clinic.member("alice@example.com", slack_user_id="U1")
    (finding,) = await clinic.unwell(tocsin_alerts_channel=None)
    assert finding.mark is Mark.WARN
    organization = await people.ensure_organization(clinic.core, slack_team_id="T1", name="Acme")
    async with clinic.core.transaction(Actor.system(organization.id)) as tx:
        await people.set_alerts_channel(tx, "nowhere")
    (finding,) = await clinic.unwell(tocsin_alerts_channel=None)
    assert finding.what == "Alerts channel: the bot sees no channel “nowhere”."


async def test_channels_that_slack_does_not_list_are_said_with_the_reason(clinic):
    clinic.slack.answers["conversations.list"] = no("missing_scope")
    (finding,) = await clinic.unwell()
    assert finding.what == "Alerts channel: Slack does not list channels (missing_scope)."
    assert "install it again" in finding.remedy
    clinic.slack.answers["conversations.list"] = "<h1>Bad gateway</h1>"
    (finding,) = await clinic.unwell()
    assert finding.remedy == "Try again in a minute; see https://slack-status.com."


async def test_a_private_alerts_channel_without_the_bot_is_bad(clinic):
    clinic.slack.answers["conversations.list"][1][1]["is_member"] = False
    (finding,) = await clinic.unwell(tocsin_alerts_channel="war-room")
    assert finding.what == "Alerts channel: #war-room is private, and the bot is not in it."


async def test_members_whom_slack_does_not_know_are_named(clinic):
    await clinic.member("bob@example.com", name="Bob")
    await clinic.member("carol@example.com", name="Carol")
    await clinic.member("gail@example.com", name="Gail")
    clinic.slack.emails = {
        "bob@example.com": {"id": "U1", "team_id": "T1"},
        "gail@example.com": {"id": "U2", "team_id": "T1", "is_restricted": True},
    }
    (finding,) = await clinic.unwell()
    assert finding.mark is Mark.WARN
    assert finding.what == (
        "Members: reachable by nobody, as Slack does not know them: Carol (carol@example.com), "
        "Gail (gail@example.com: a guest, a bot, or gone)."
    )
