"""What the app's manifest grants: scopes, commands, shortcuts, events and tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Command:
    """A slash command as the manifest declares it."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut as the manifest declares it."""

    name: str
    callback_id: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class Manifest:
    """The parts of a manifest that decide what Slack sends to an app and lets it do."""

    name: str = "App"
    bot_name: str = "app"
    scopes: frozenset[str] = frozenset()
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] = frozenset()
    interactivity: bool = False
    options_url: bool = False
    socket_mode: bool = False
    home_tab: bool = False
    messages_tab: bool = True
    messages_read_only: bool = False

    def command(self, name: str) -> Command | None:
        """The declared command of this name."""
        return next((each for each in self.commands if each.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """The declared shortcut of this callback_id."""
        return next((each for each in self.shortcuts if each.callback_id == callback_id), None)


def read_manifest(source: Mapping[str, Any]) -> Manifest:
    """The manifest of a parsed manifest.yml or manifest.json."""
    features, settings = _part(source, "features"), _part(source, "settings")
    home, interactivity = _part(features, "app_home"), _part(settings, "interactivity")
    display = _part(source, "display_information")
    name = str(display.get("name", "App"))
    return Manifest(
        name=name,
        bot_name=str(_part(features, "bot_user").get("display_name", name)),
        scopes=frozenset(_part(_part(source, "oauth_config"), "scopes").get("bot") or ()),
        commands=tuple(
            Command(
                command=str(each["command"]),
                description=str(each.get("description", "")),
                usage_hint=str(each.get("usage_hint", "")),
                should_escape=bool(each.get("should_escape", False)),
            )
            for each in features.get("slash_commands") or ()
        ),
        shortcuts=tuple(
            Shortcut(
                name=str(each["name"]),
                callback_id=str(each["callback_id"]),
                type=str(each["type"]),
                description=str(each.get("description", "")),
            )
            for each in features.get("shortcuts") or ()
        ),
        events=frozenset(_part(settings, "event_subscriptions").get("bot_events") or ()),
        interactivity=bool(interactivity.get("is_enabled", False)),
        options_url=bool(interactivity.get("message_menu_options_url")),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
    )


def _part(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = source.get(key)
    return part if isinstance(part, Mapping) else {}
