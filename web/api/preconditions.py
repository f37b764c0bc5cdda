"""If-Match: a change is made to what the caller saw, or not at all (RFC 9110, section 13.1.1)."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Header

from core import editing
from core.errors import ChangedMeanwhile
from core.transaction import Transaction
from web.api.refusals import PreconditionFailed

ANY = "*"

_TAG_OR_NOT = re.compile(r'(?P<tag>(?:W/)?"[\x21\x23-\x7e\x80-\xff]*")|[ \t,]+|(?P<other>.)', re.S)
_OURS = re.compile(r'"([1-9][0-9]{0,17})"')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of the incident as you saw it, or several: if it is another one "
        "now, nothing is done, and the answer is 412. `*` is any.",
    ),
]


async def check_unchanged(tx: Transaction, incident_id: UUID, if_match: str | None) -> None:
    """Hold the incident if it is what its reader saw. Raises NotFound, PreconditionFailed."""
    if if_match is None or if_match.strip() == ANY:
        return
    try:
        await editing.check_version(tx, incident_id, versions_in(if_match))
    except ChangedMeanwhile:
        raise PreconditionFailed from None


def versions_in(if_match: str) -> frozenset[int]:
    """PURE. The versions that a header names. A weak tag names none, nor does a broken header."""
    found = list(_TAG_OR_NOT.finditer(if_match))
    if any(one["other"] for one in found):
        return frozenset()
    ours = (_OURS.fullmatch(one["tag"]) for one in found if one["tag"])
    return frozenset(int(one[1]) for one in ours if one)
