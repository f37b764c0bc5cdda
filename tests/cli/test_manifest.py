"""The manifest: what Slack accepts, and each way of filling it in."""

import pytest
from ruamel.yaml import YAML

from assembly.manifest import bot_scopes, load_manifest
from cli.manifest import render_manifest

URL = "https://incidents.example.org/slack/events"


def rendered(**arguments):
    return YAML(typ="safe").load(render_manifest(**{"url": None, "socket_mode": False} | arguments))


def urls(manifest):
    settings = manifest["settings"]
    found = [command.get("url") for command in manifest["features"]["slash_commands"]]
    found.append(settings["event_subscriptions"].get("request_url"))
    interactivity = settings["interactivity"]
    found.append(interactivity.get("message_menu_options_url"))
    return [*found, interactivity.get("request_url")]


def test_the_manifest_keeps_to_what_slack_allows():
    manifest = load_manifest()
    display, features = manifest["display_information"], manifest["features"]
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    assert len(features["bot_user"]["display_name"]) <= 80
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
        assert command["should_escape"] is True
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert shortcut["type"] == "message"
    assert len(bot_scopes()) == len(set(bot_scopes()))


def test_the_manifest_asks_for_what_is_used_and_nothing_else():
    manifest = load_manifest()
    shortcuts = [one["callback_id"] for one in manifest["features"]["shortcuts"]]
    assert shortcuts == ["declare_from_message", "add_to_timeline"]
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]
    assert bot_scopes() == [
        "commands",
        "chat:write",
        "chat:write.public",
        "im:write",
        "im:history",
        "channels:read",
        "groups:read",
        "channels:join",
        "channels:history",
        "groups:history",
        "users:read",
        "users:read.email",
    ]


def test_a_url_is_filled_in_everywhere():
    manifest = rendered(url="https://incidents.example.org")
    assert urls(manifest) == [URL] * 4
    assert manifest["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize(
    ("url", "filled_in"),
    [
        ("https://incidents.example.org/", URL),
        (URL, URL),
        ("https://Incidents.example.org:8443", "https://incidents.example.org:8443/slack/events"),
        ("https://example.org/tocsin/", "https://example.org/tocsin/slack/events"),
    ],
)
def test_a_url_may_be_written_in_several_ways(url, filled_in):
    assert urls(rendered(url=url)) == [filled_in] * 4


def test_socket_mode_has_no_urls():
    manifest = rendered(socket_mode=True)
    assert urls(manifest) == [None] * 4
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_without_either_the_placeholder_stays():
    assert rendered() == load_manifest()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://a.example.com", "does not begin with https://"),
        ("a.example.com", "does not begin with https://"),
        ("", "does not begin with https://"),
        ("https://localhost", "names no host that Slack could reach"),
        ("https://", "names no host that Slack could reach"),
        ("https://a b.example.com", "names no host that Slack could reach"),
        ("https://a..example.com", "names no host that Slack could reach"),
        ("https://me:pw@a.example.com", "has more than a host and a path"),
        ("https://a.example.com/?x=1", "has more than a host and a path"),
        ("https://a.example.com:http", "is no URL"),
        ("https://[a", "is no URL"),
        ("https://a.example.com/x y", "has a path that is no path"),
    ],
)
def test_a_url_that_slack_could_not_reach_is_refused_in_a_sentence(url, said):
    with pytest.raises(ValueError, match=said) as caught:
        render_manifest(url=url, socket_mode=False)
    assert "https://tocsin.example.com" in str(caught.value)


def test_a_url_and_socket_mode_together_are_refused():
    with pytest.raises(ValueError, match="not both"):
        render_manifest(url="https://a.example.com", socket_mode=True)
