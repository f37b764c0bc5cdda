"""Block Kit as Slack judges it: pure functions that return readable faults."""

from sandbox.blockkit.check import (
    check_attachments,
    check_blocks,
    check_metadata,
    check_suggestions,
    check_view,
    view_too_large,
)
from sandbox.blockkit.layout import Surface
from sandbox.blockkit.relations import characters

__all__ = [
    "Surface",
    "characters",
    "check_attachments",
    "check_blocks",
    "check_metadata",
    "check_suggestions",
    "check_view",
    "view_too_large",
]
