"""The image and the compose file, held against the product: what they forget, nobody is told."""

import tomllib
from pathlib import Path

from ruamel.yaml import YAML

from assembly.settings import Settings

ROOT = Path(__file__).parent.parent.parent

ANOTHER_WAY = {"database_url", "host", "port", "log_format"}
"""These the file sets itself."""

FOR_ONE_PERSON = {"tocsin_api_key"}
"""This is for `app.py mcp`, which speaks to a program on the same machine."""


def test_the_image_holds_every_package_of_the_product_and_no_test() -> None:
    product = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["packages"]
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines, "what is not named stays out"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert {name for name in let_in if (ROOT / name).is_dir()} == set(product)
    assert all((ROOT / name).exists() for name in let_in)


def test_every_setting_in_the_env_file_reaches_the_replicas() -> None:
    services = YAML(typ="safe").load(ROOT / "compose.yaml")["services"]
    passed_on = services["tocsin"]["environment"]
    assert {name.lower() for name in passed_on} == set(Settings.model_fields) - FOR_ONE_PERSON
    for name, value in passed_on.items():
        assert name.lower() in ANOTHER_WAY or value.startswith(f"${{{name}:"), name
