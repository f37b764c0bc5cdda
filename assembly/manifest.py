"""The Slack app's manifest as `manifest.yml` has it, and the scopes that it asks for."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

MANIFEST = Path(__file__).parent.parent / "manifest.yml"


def load_manifest() -> dict[str, Any]:
    """The manifest, placeholder URLs included."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(MANIFEST)
    return found


def bot_scopes() -> list[str]:
    """The scopes that the bot needs, in the order of the manifest."""
    return list(load_manifest()["oauth_config"]["scopes"]["bot"])
