"""Text that somebody typed, handed to a model: fenced, so that nothing in it can end the fence.

The fence's name is drawn anew for each answer, after the text was written. Inside is JSON in which
whatever could be taken for a tag, a new line or a control character stands escaped.
"""

import json
from secrets import token_hex
from typing import Any

NAME_BYTES = 8


def fenced(data: Any) -> str:
    """Data for a model to read, between two lines that it can't contain."""
    written = plain(json.dumps(data, ensure_ascii=False))
    name = f"untrusted-data-{token_hex(NAME_BYTES)}"
    return f"<{name}>\n{written}\n</{name}>"


def plain(written: str) -> str:
    """PURE. The same JSON, without tags, control, invisible or direction characters."""
    return "".join(map(_escaped, written))


def _escaped(char: str) -> str:
    # Not printable is what shows nothing, turns text around, or ends a line.
    if char.isprintable() and char not in "<>&`":
        return char
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
