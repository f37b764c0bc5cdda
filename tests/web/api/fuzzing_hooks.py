"""What schemathesis may not do while it tries the API: saw off the branch on which it sits."""

import os
from typing import Any

import schemathesis


@schemathesis.hook
def filter_path_parameters(_context: Any, path_parameters: dict[str, Any]) -> bool:
    """Whether it leaves its own key alive; with a dead one everything else would be 401."""
    return os.environ["TOCSIN_OWN_KEY"] not in map(str, (path_parameters or {}).values())
