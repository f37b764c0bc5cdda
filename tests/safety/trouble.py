"""What Slack does to the product on the stage: it refuses, fails, and keeps its answers back."""

import sandbox

TROUBLE = (
    ("rate_limited", 0.04),
    ("server_error", 0.04),
    ("server_error_after", 0.04),
    ("timeout_before", 0.02),
    ("timeout_after", 0.02),
)


def trouble() -> list[sandbox.Fault]:
    """Some of everything, for as long as it is not cleared."""
    return [
        sandbox.Fault(method=method, kind=kind, times=10**6, probability=probability, retry_after=1)
        for kind, probability in TROUBLE
        for method in ("chat.postMessage", "chat.update", "conversations.history")
    ]
