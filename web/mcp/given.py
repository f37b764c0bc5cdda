"""What the tools are given: a schema each, in which nothing unknown is passed over."""

from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
)
from pydantic.json_schema import WithJsonSchema

from storage.limits import (
    AFFECTED_COMPONENTS_MAX,
    IDEMPOTENCY_KEY_MAX,
    NAME_MAX,
    UPDATE_BODY_MAX,
)
from storage.vocabulary import Severity, Status, Visibility
from web.api.schemas.base import GivenInstant, Text
from web.api.schemas.incidents import Description, Title

NUMBER_MAX = 2**31 - 1
TIMELINE_MAX = 500

WORD_MAX = 320
"""An e-mail address is the longest name that somebody has."""


class Given(BaseModel):
    """Arguments. One that is not known is refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Writes(Given):
    """What every tool is given that changes something."""

    dry_run: StrictBool = Field(
        default=False,
        description="Only say what would happen: nothing is changed, and nobody is paged or told. "
        "An idempotency_key is not used up.",
    )
    idempotency_key: (
        Annotated[str, Field(min_length=1, max_length=IDEMPOTENCY_KEY_MAX, pattern="^[ -~]+$")]
        | None
    ) = Field(
        default=None,
        description="A word of your own, new for each thing you want done. The same call under "
        "the same key is done once, and gets its first answer for 24 hours: so it can be repeated "
        "safely when no answer came.",
    )


IncidentNumber = Annotated[
    StrictInt, Field(ge=1, le=NUMBER_MAX, description="The incident's number: 42 for #42.")
]

Word = Annotated[Text, Field(min_length=1, max_length=WORD_MAX)]


def _text_alone(value: Any) -> Any:
    if not isinstance(value, (str, date)):
        raise ValueError("It must be a day, such as 2026-03-01.")
    return value


Day = Annotated[
    date, BeforeValidator(_text_alone), WithJsonSchema({"type": "string", "format": "date"})
]

_WHO = "a member's name, e-mail or id"
_SCHEDULE = "An on-call schedule's name or id."


class ListIncidents(Given):
    """Which incidents to list."""

    statuses: list[Status] = Field(
        default_factory=list,
        description="Only those of these statuses; left out, of any. Every status but resolved "
        "is open.",
    )
    severities: list[Severity] = Field(
        default_factory=list, description="Only those of these severities; left out, of any."
    )
    created_from: Day | None = Field(
        default=None, description="Declared on this day (UTC) or later, such as 2026-03-01."
    )
    created_to: Day | None = Field(
        default=None, description="Declared on this day (UTC) or earlier, the day included."
    )
    limit: Annotated[StrictInt, Field(ge=1, le=100)] = Field(
        default=20, description="How many at most."
    )
    before_number: IncidentNumber | None = Field(
        default=None, description="The next page: next_before_number of the page before."
    )


class OneIncident(Given):
    """Which incident."""

    number: IncidentNumber


class Timeline(Given):
    """Which incident's timeline, and how much of it."""

    number: IncidentNumber
    latest: Annotated[StrictInt, Field(ge=1, le=TIMELINE_MAX)] = Field(
        default=100, description="How many entries at most: the latest ones."
    )


class Nothing(Given):
    """No arguments."""


class OnCall(Given):
    """Which schedule, and when."""

    schedule: Word | None = Field(default=None, description=f"{_SCHEDULE} Left out: all of them.")
    at: GivenInstant | None = Field(
        default=None, description="An instant with its zone, such as 2026-03-01T09:00:00Z. "
        "Left out: now."
    )  # fmt: skip


class Simulate(Given):
    """Which policy, and when."""

    policy: Word = Field(description="An escalation policy's name or id.")
    at: GivenInstant | None = Field(
        default=None, description="When the incident would be declared, with its zone, such as "
        "2026-12-24T22:00:00+01:00. Left out: now."
    )  # fmt: skip


class Declare(Writes):
    """An incident to declare. At least one of schedule and owner is needed."""

    title: Title = Field(description="What is wrong, in one line. Customers may read it.")
    severity: Severity = Field(description="How bad it is.")
    description: Description | None = Field(
        default=None, description="What is known so far. Customers never read it."
    )
    schedule: Word | None = Field(
        default=None, description=f"{_SCHEDULE} Who is on call becomes the owner, and the "
        "escalation policy that pages this schedule begins."
    )  # fmt: skip
    owner: Word | None = Field(
        default=None, description=f"Who owns it: {_WHO}. They are paged at once."
    )
    escalation_policy: Word | None = Field(
        default=None, description="An escalation policy's name or id, instead of the schedule's."
    )
    components: Annotated[list[Word], Field(max_length=AFFECTED_COMPONENTS_MAX)] = Field(
        default_factory=list, description="The affected components' names or ids."
    )


class Post(Writes):
    """What to say of an incident. At least one of body and status_change is needed."""

    number: IncidentNumber
    body: Annotated[Text, Field(max_length=UPDATE_BODY_MAX)] | None = Field(
        default=None, description="The text. A public update needs one."
    )
    status_change: Status | None = Field(
        default=None, description="The next status, if it is reached with this."
    )
    visibility: Visibility = Field(
        default=Visibility.INTERNAL,
        description="internal: staff alone. public: customers read the text on the status pages; "
        "say it only where a human asked for a public update, and look at a dry_run first.",
    )


class Acknowledge(Writes):
    """Which incident to take."""

    number: IncidentNumber


class Resolve(Writes):
    """Which incident is over."""

    number: IncidentNumber
    note: Annotated[Text, Field(max_length=UPDATE_BODY_MAX)] | None = Field(
        default=None, description="What was done; for staff alone."
    )


class Transition(Writes):
    """Which status an incident has reached."""

    number: IncidentNumber
    status: Status = Field(
        description="The next one: investigating, identified, monitoring, resolved; one step "
        "forward at a time, and never back."
    )
    note: Annotated[Text, Field(max_length=UPDATE_BODY_MAX)] | None = Field(
        default=None, description="What was found or done; for staff alone."
    )


class HandOff(Writes):
    """Whose an incident is from now on."""

    number: IncidentNumber
    to: Annotated[Text, Field(min_length=1, max_length=NAME_MAX)] = Field(
        description=f"The new owner: {_WHO}."
    )
