"""The version that runs is the one that is released."""

import tomllib
from pathlib import Path

from assembly.version import VERSION

ROOT = Path(__file__).parent.parent.parent


def test_it_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
