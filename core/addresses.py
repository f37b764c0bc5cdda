"""PURE. What an e-mail address looks like, wherever somebody writes one."""

import re

from core.errors import ValidationFailed
from storage.limits import EMAIL_MAX

_ADDRESS = re.compile(r"[^\s@,;:<>()\"\\]+@(?:[^\s@,;:<>()\"\\.]+\.)+[^\s@,;:<>()\"\\.]{2,}")


def is_address(text: str) -> bool:
    """Whether a letter could go there."""
    fits = len(text) <= EMAIL_MAX and len(text.lower()) <= EMAIL_MAX
    return bool(fits and text.isprintable() and _ADDRESS.fullmatch(text))


def clean_address(text: str, field: str = "email") -> str:
    """An address as members are kept: trimmed, in lower case. Raises ValidationFailed."""
    address = text.strip()
    if not is_address(address):
        raise ValidationFailed(
            "That is no e-mail address. Write one like bob@example.com.", field=field
        )
    return address.lower()
