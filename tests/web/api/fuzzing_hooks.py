"""What schemathesis may not do while it tries the API: saw off the branch on which it sits, and
say again and again that it repeats itself.
"""

import os
from itertools import count
from typing import Any

import schemathesis


@schemathesis.hook
def filter_path_parameters(_context: Any, path_parameters: dict[str, Any]) -> bool:
    """Whether it leaves its own key alive; with a dead one everything else would be 401."""
    return os.environ["TOCSIN_OWN_KEY"] not in map(str, (path_parameters or {}).values())


_NUMBERS = count()


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Say another Idempotency-Key each time: of two requests with one the second does nothing."""
    said = (case.headers or {}).get("Idempotency-Key", "")
    if said.isascii() and said.isprintable() and 1 <= len(said) <= 255:
        case.headers["Idempotency-Key"] = f"{next(_NUMBERS)}"
