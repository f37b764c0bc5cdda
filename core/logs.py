"""What a line in the log is about: which incident, which delivery, which request.

Said once where it becomes known, and carried by every line that is written meanwhile. Only what
identifies belongs here: never the text of an update, an e-mail address or a token.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

Subjects = Mapping[str, str | int]

NAMES = ("incident", "delivery_id", "request_id")
"""The incident's number, the delivery's id, the request's id."""

_subjects: ContextVar[Subjects] = ContextVar("subjects", default=MappingProxyType({}))


def subjects() -> Subjects:
    """What is being worked on at the moment, by the names in `NAMES`."""
    return _subjects.get()


@contextmanager
def about(**known: str | int) -> Iterator[None]:
    """Every line written inside is about this, and about what was known already."""
    token = _subjects.set({**_subjects.get(), **known})
    try:
        yield
    finally:
        _subjects.reset(token)


def note(**known: str | int) -> None:
    """From here on the task that runs is about this, too."""
    _subjects.set({**_subjects.get(), **known})
