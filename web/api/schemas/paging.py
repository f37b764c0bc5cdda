"""How a list that can grow is asked for: a page at a time, from a place that nothing moves."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import (
    BeforeValidator,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from storage.limits import LISTED, LISTED_MAX
from web.api.schemas.base import GivenInstant


def _digits_alone(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}", value):
        raise ValueError(f"It must be a whole number from 1 to {LISTED_MAX}.")
    return value


Limit = Annotated[
    int,
    Query(ge=1, le=LISTED_MAX, description=f"How many at most; {LISTED} unless said."),
    BeforeValidator(_digits_alone),
]

_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day_alone(value: Any) -> Any:
    if isinstance(value, str) and _A_DAY.fullmatch(value):
        return value
    raise ValueError("It must be a day, such as 2026-03-01.")


Day = Annotated[
    date, BeforeValidator(_day_alone), WithJsonSchema({"type": "string", "format": "date"})
]
"""A day as it is asked for: the whole of it, in UTC."""


_DAY, _INSTANT = TypeAdapter[date](Day), TypeAdapter[datetime](GivenInstant)


def _day_or_instant(value: Any) -> date | datetime:
    try:
        return (_INSTANT if ":" in str(value) else _DAY).validate_python(value)
    except ValidationError:
        raise ValueError(
            "It must be a day, such as 2026-03-01, or an instant, such as 2026-03-01T09:00:00Z."
        ) from None


Moment = Annotated[
    date | datetime,
    PlainValidator(_day_or_instant),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
"""A day, or an instant with its zone, as it is asked for."""


def cursor_after(place: int) -> str:
    """What is given out to ask for the page after this place. Nobody need know what it means."""
    return urlsafe_b64encode(f"after {place}".encode()).decode().rstrip("=")


def _place(cursor: Any) -> int:
    """The place after which a cursor goes on. Raises ValueError for what was never given out."""
    try:
        said = urlsafe_b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}".encode("ascii"))
        place = int(said.decode("ascii").removeprefix("after "))
    except ValueError:
        place = 0
    if place < 1 or cursor != cursor_after(place):
        raise ValueError("It is no cursor that was given out here. Begin without one.")
    return place


Cursor = Annotated[
    Annotated[int, BeforeValidator(_place), WithJsonSchema({"type": "string"})] | None,
    Query(description="The `nextCursor` of the page before."),
]
"""Where to go on: the place of the last one on the page before; None for the first page."""
