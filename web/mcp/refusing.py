"""How a refusal is told to a model: its code, what to do, and whether anything happened.

The sentence may quote names that somebody typed, so it is fenced like all else that they typed.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from core.errors import DomainError, KeyOfAnotherRequest, RepeatedTooSoon
from web.api import refusals
from web.api.refusals import Malformed

_IN_OUR_WORDS: Mapping[type[DomainError], str] = {
    KeyOfAnotherRequest: "This idempotency_key came with another call before, so nothing was done. "
    "Use a new one for each thing you want done.",
    RepeatedTooSoon: "The first call with this idempotency_key is still at work. Call again in a "
    "moment.",
}
"""Where core speaks of a header."""

_IN_SLACK = (
    ("“/incident list”", "list_incidents"),
    ("“/incident pages”", "“/incident pages” in Slack"),
)
"""What core tells people to type in Slack, and what a program does instead."""

NOTHING = "Nothing was changed."
UNKNOWN = "It is not known whether anything was changed: look before you try again."


def lead(code: str) -> str:
    """What stands outside of the fence: nothing that anybody typed."""
    return f"Refused: {code}. {UNKNOWN if code == 'server_error' else NOTHING}"


def told(refusal: DomainError) -> dict[str, Any]:
    """A refusal as data."""
    message = _IN_OUR_WORDS.get(type(refusal), refusal.message)
    for typed, instead in _IN_SLACK:
        message = message.replace(typed, instead)
    data: dict[str, Any] = {"code": refusal.code, "message": message}
    if isinstance(refusal, Malformed):
        data["errors"] = [{"field": one.field, "message": one.message} for one in refusal.faults]
    return data


def malformed(error: ValidationError) -> Malformed:
    """What is wrong with arguments, each fault by its name."""
    found = error.errors(include_url=False, include_input=False)
    return refusals.malformed([{**one, "loc": ("arguments", *one["loc"])} for one in found])
