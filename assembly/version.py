"""Which version this is: the one that `pyproject.toml` names."""

VERSION = "0.1.0"
