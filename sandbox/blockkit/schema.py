"""A small language for shapes: checks that look at one value and note what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Findings:
    """The faults found so far, each a sentence that names its place."""

    faults: list[str] = field(default_factory=list)

    def add(self, path: str, sentence: str) -> None:
        """Note a fault at a place."""
        self.faults.append(f"{path}: {sentence}")


Check = Callable[[Findings, str, Any], None]


@dataclass(frozen=True)
class Field:
    """One field of an object: how its value is checked, and whether it must be there."""

    check: Check
    required: bool = False


def required(check: Check) -> Field:
    """A field that must be there."""
    return Field(check, required=True)


def optional(check: Check) -> Field:
    """A field that may be left out."""
    return Field(check)


def check_object(
    findings: Findings, path: str, value: Any, fields: Mapping[str, Field]
) -> Json | None:
    """Check an object's fields; unknown ones are refused as Slack refuses them."""
    if not isinstance(value, dict):
        findings.add(path, "must be an object")
        return None
    for name in value:
        if name not in fields:
            findings.add(path, f"unknown field '{name}'")
    for name, rule in fields.items():
        if value.get(name) is not None:
            rule.check(findings, f"{path}/{name}", value[name])
        elif rule.required:
            findings.add(path, f"missing required field '{name}'")
        elif name in value:
            findings.add(f"{path}/{name}", "must not be null")
    return value


def string(maximum: int | None = None, minimum: int = 0, pattern: str | None = None) -> Check:
    """A string within its lengths."""

    def check(findings: Findings, path: str, value: Any) -> None:
        if not isinstance(value, str):
            findings.add(path, "must be a string")
        elif len(value) < minimum:
            findings.add(path, f"must be at least {minimum} characters, is {len(value)}")
        elif maximum is not None and len(value) > maximum:
            findings.add(path, f"must be at most {maximum} characters, is {len(value)}")
        elif pattern is not None and not re.fullmatch(pattern, value):
            findings.add(path, f"'{value[:40]}' does not have the right format")

    return check


def url(maximum: int = 3000) -> Check:
    """An http or https address."""
    return string(maximum, 1, r"(?s)https?://\S+")


def boolean(findings: Findings, path: str, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        findings.add(path, "must be true or false")


def integer(minimum: int | None = None, maximum: int | None = None) -> Check:
    """A whole number within its bounds."""

    def check(findings: Findings, path: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            findings.add(path, "must be a whole number")
        elif (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            findings.add(path, f"{value} is outside of {minimum} to {maximum}")

    return check


def one_of(*allowed: str) -> Check:
    """One of a closed set of words."""

    def check(findings: Findings, path: str, value: Any) -> None:
        if value not in allowed:
            findings.add(path, f"'{value}' is not one of {', '.join(allowed)}")

    return check


def list_of(each: Check, minimum: int = 0, maximum: int | None = None) -> Check:
    """A list within its lengths, every item checked."""

    def check(findings: Findings, path: str, value: Any) -> None:
        if not isinstance(value, list):
            findings.add(path, "must be a list")
            return
        if len(value) < minimum:
            findings.add(path, f"must have at least {minimum} items, has {len(value)}")
        if maximum is not None and len(value) > maximum:
            findings.add(path, f"must have at most {maximum} items, has {len(value)}")
        for position, item in enumerate(value):
            each(findings, f"{path}/{position}", item)

    return check


def shape(fields: Mapping[str, Field]) -> Check:
    """An object with exactly these fields."""

    def check(findings: Findings, path: str, value: Any) -> None:
        check_object(findings, path, value, fields)

    return check


def anything(findings: Findings, path: str, value: Any) -> None:
    """Whatever it is, it is not looked into."""


def typed(kinds: Mapping[str, Mapping[str, Field]], noun: str) -> Check:
    """An object whose `type` decides which fields it has."""

    def check(findings: Findings, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            findings.add(path, "must be an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            findings.add(path, f"unsupported {noun} '{kind}'; possible: {', '.join(sorted(kinds))}")
            return
        check_object(findings, path, value, {"type": required(anything), **kinds[kind]})

    return check
