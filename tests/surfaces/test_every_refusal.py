"""Every refusal that the API's table knows goes through several doors, or it is said why not."""

from core import errors
from core.errors import DomainError
from tests.surfaces import (  # noqa: F401  (what they cover is noted when they are read)
    test_incident_rules,
    test_oncall_rules,
    test_public_rules,
    test_team_rules,
    test_update_rules,
)
from tests.surfaces.covered import COVERED
from web.api.refusals import STATUS

ONE_DOOR_ALONE: dict[type[DomainError], str] = {
    errors.NotAuthorized: "Slack signs who somebody is; a key can be unknown, a Slack user not.",
    errors.NotAMember: "A key belongs to its organization; only Slack has guests and strangers.",
    errors.RepeatedTooSoon: "Of two requests at once is told in tests/core/test_repeats.py.",
    errors.AlreadyPosted: "A form's own id is its maker's; a program is told KeyOfAnotherRequest.",
    errors.KeyMadeAlready: "A form's own id is its maker's; a program gets its first answer.",
    errors.NotAsForeseen: "Shown once more, and no refusal, where people foresee what is public; "
    "programs are shown no preview that could be out of date.",
    errors.CannotChangeOwnRole: "A key is nobody's own, and Slack has no form for members.",
    errors.NotSignedIn: "Nobody signs in to Slack's app or with a key: requests say who asks.",
    errors.LinkOver: "It is the link by which one signs in to the dashboard.",
    errors.NotReady: "Nobody has a key to an organization that is not known yet.",
    errors.Unavailable: "What is no refusal but an outage is told of in tests/safety.",
}
"""Refusals that have no counterpart at another door, and why."""


def _every(of: type[DomainError] = DomainError) -> set[type[DomainError]]:
    found = {one for one in of.__subclasses__() if one.__module__ == errors.__name__}
    return found.union(*(_every(one) for one in found))


def test_every_refusal_goes_through_several_doors_or_has_a_reason_not_to() -> None:
    known = {one for one in _every() if one.code in STATUS}

    assert COVERED | ONE_DOOR_ALONE.keys() == known
    assert COVERED & ONE_DOOR_ALONE.keys() == set()
