"""What schemathesis may not do while it tries the API: saw off the branch on which it sits, and
say again and again that it repeats itself.
"""

import os
from itertools import count
from typing import Any

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData


@schemathesis.hook
def filter_path_parameters(_context: Any, path_parameters: dict[str, Any]) -> bool:
    """Whether it leaves its own key alive; with a dead one everything else would be 401."""
    return os.environ["TOCSIN_OWN_KEY"] not in map(str, (path_parameters or {}).values())


_NUMBERS = count()


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Get past what would answer for the endpoint itself.

    Another Idempotency-Key each time: of two requests with one the second does nothing. And an
    If-Match in every second request alone: nobody guesses an ETag.
    """
    phase = getattr(case.meta, "phase", None)
    if getattr(getattr(phase, "data", None), "parameter", None) is not None:
        return  # it is about one parameter, which is left out or wrong: as it is, or not at all
    said, number = case.headers.get("Idempotency-Key", ""), next(_NUMBERS)
    if said.isascii() and said.isprintable() and 1 <= len(said) <= 255:
        case.headers["Idempotency-Key"] = f"{number}"
    if number % 2:
        case.headers.pop("If-Match", None)


@schemathesis.hook
def filter_failure(_context: Any, failure: Any, case: Any, _response: Any) -> bool:
    """Whether it is a failure: by the specification a text is trimmed before it is measured.

    No JSON schema can say so; one that is too long with the white space at its ends is not.
    """
    return not (isinstance(failure, AcceptedNegativeData) and _is_padded(case.body))


def _is_padded(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_padded, value.values()))
    if isinstance(value, list):
        return any(map(_is_padded, value))
    return isinstance(value, str) and value != value.strip()
