"""The Slack app's manifest, filled in for one installation: a public URL, or Socket Mode."""

import io
import re
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from assembly.manifest import MANIFEST

EVENTS_PATH = "/slack/events"

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_PATH = re.compile(r"(/[A-Za-z0-9._~%-]+)*")


def render_manifest(*, url: str | None, socket_mode: bool) -> str:
    """The manifest as YAML, to be pasted into Slack; with neither argument, as it stands.

    Raises ValueError with a sentence for a URL that Slack could not post to, and for both at once.
    """
    if url is not None and socket_mode:
        raise ValueError("Socket Mode needs no URL: give --url or --socket-mode, not both.")
    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    manifest = yaml.load(MANIFEST)
    if socket_mode:
        _use_socket_mode(manifest)
    elif url is not None:
        _fill_in(manifest, events_url(url))
    written = io.StringIO()
    yaml.dump(manifest, written)
    return written.getvalue()


def events_url(url: str) -> str:
    """Where Slack posts to, for a server that is reached at `url`; a proxy may add a path.

    Raises ValueError, saying what is wrong with the URL.
    """
    example = "write it like https://tocsin.example.com"
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError(f"“{url}” is no URL; {example}.") from None
    if parts.scheme != "https":
        raise ValueError(f"“{url}” does not begin with https://, and Slack insists; {example}.")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host) or ".." in host or "." not in host:
        raise ValueError(f"“{url}” names no host that Slack could reach; {example}.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"“{url}” has more than a host and a path; {example}.")
    path = parts.path.rstrip("/").removesuffix(EVENTS_PATH)
    if not _PATH.fullmatch(path):
        raise ValueError(f"“{url}” has a path that is no path; {example}.")
    return f"https://{host}{f':{port}' if port else ''}{path}{EVENTS_PATH}"


def _fill_in(manifest: dict[str, Any], url: str) -> None:
    for command in manifest["features"]["slash_commands"]:
        command["url"] = url
    manifest["settings"]["event_subscriptions"]["request_url"] = url
    manifest["settings"]["interactivity"]["request_url"] = url
    manifest["settings"]["interactivity"]["message_menu_options_url"] = url


def _use_socket_mode(manifest: dict[str, Any]) -> None:
    for command in manifest["features"]["slash_commands"]:
        del command["url"]
    del manifest["settings"]["event_subscriptions"]["request_url"]
    del manifest["settings"]["interactivity"]["request_url"]
    del manifest["settings"]["interactivity"]["message_menu_options_url"]
    manifest["settings"]["socket_mode_enabled"] = True
