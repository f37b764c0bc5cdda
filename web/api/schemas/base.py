"""What every schema shares: camelCase names, instants in UTC, and no field that is not known."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from core.editing import UNSAID


class Given(BaseModel):
    """What a caller sends. A field that is not known is refused, never ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=False,
        use_attribute_docstrings=True,
    )

    @property
    def named(self) -> dict[str, Any]:
        """What the caller has named, and nothing else: of a PATCH, all that is to change."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def left_out(*, alias: str | None = None) -> Any:
    """The default of a field that may be left out: of a change, where it stays as it was then.

    In `named` it does not appear. Null is said, where the field's type has it at all.
    """
    return Field(default_factory=lambda: UNSAID, alias=alias)


class Shown(BaseModel):
    """What a caller is given, every field always there."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        frozen=True,
        json_schema_serialization_defaults_required=True,
        use_attribute_docstrings=True,
    )

    @property
    def etag(self) -> str | None:
        """What stands for this state of it, where somebody may compare."""
        return None

    @property
    def repeated(self) -> "Shown":
        """What whoever repeats the request is shown; it is kept, so it holds no secret."""
        return self


Content = TypeVar("Content")


class Data(BaseModel, Generic[Content]):
    """Every answer that is not a refusal."""

    data: Content


class FaultShown(Shown):
    """What is wrong with one field."""

    field: str
    """Where it is: `title`, or with dots what lies deeper: `target.userIds`."""
    message: str
    """What is wrong, and what to do."""


class Refusal(Shown):
    """Every answer that is a refusal."""

    status_code: int
    """The HTTP status again."""
    type: Literal[
        "not_authorized_error", "invalid_request_error", "validation_error", "internal_error"
    ]
    """The kind of refusal, for programs that care for no more."""
    code: str
    """Which refusal exactly. Codes stay; decide by them."""
    message: str
    """What happened and what to do, for people. The words may change."""
    request_id: str
    """Under this our log has the request; it stands in `X-Request-Id`, too."""


class SchemaRefusal(Refusal):
    """A refusal for what the request looks like."""

    errors: list[FaultShown]
    """Every fault, not only the first."""


def _written(instant: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    PlainSerializer(_written, return_type=str, when_used="always"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant as it is shown."""


def _text_alone(value: Any) -> Any:
    """No number, nor a text that is one: nobody knows whether it counts seconds or days."""
    if not isinstance(value, (str, datetime)) or (isinstance(value, str) and ":" not in value):
        raise ValueError("It must be an instant in ISO 8601, such as 2026-03-01T09:00:00Z.")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # at the calendar's first or last day
        raise ValueError("It is outside the calendar: years 1 to 9999, in UTC.") from None


GivenInstant = Annotated[
    AwareDatetime,
    BeforeValidator(_text_alone),
    AfterValidator(_in_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant as it is asked for: with its zone, or it is refused."""


class Named(Shown):
    """Somebody or something, by id and name."""

    id: UUID
    name: str


class By(Shown):
    """Who did something: a member, an API key, or Tocsin itself, which has no id."""

    id: UUID | None
    name: str


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("It holds U+0000, which is no character.")
    return value


Text = Annotated[str, BeforeValidator(_trimmed), AfterValidator(_storable)]
"""Text as it is stored: the white space at its ends is trimmed before it is measured."""
