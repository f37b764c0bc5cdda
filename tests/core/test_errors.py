"""Every refusal has a code and a sentence for the person who reads it."""

import re

import pytest

from core import errors
from core.errors import DomainError, InUse


def _refusals() -> list[type[DomainError]]:
    found, ahead = [], [DomainError]
    while ahead:
        one = ahead.pop()
        found.append(one)
        ahead += one.__subclasses__()
    return sorted((one for one in found if one.__module__ == errors.__name__),
                  key=lambda one: one.__name__)  # fmt: skip


@pytest.mark.parametrize("refusal", _refusals())
def test_a_refusal_has_a_code_and_a_sentence(refusal: type[DomainError]) -> None:
    raised = refusal()

    assert re.fullmatch(r"[a-z]+(_[a-z]+)*|NO_PUBLIC_SURFACE", raised.code)
    assert raised.message == str(raised)
    assert re.fullmatch(r"[A-Z“][^\n]+\.", raised.message)
    assert "  " not in raised.message
    assert raised.field is None


@pytest.mark.parametrize("refusal", _refusals())
def test_a_refusal_can_say_more_and_name_the_field(refusal: type[DomainError]) -> None:
    raised = refusal("This one.", field="title")

    assert (raised.message, str(raised), raised.field) == ("This one.", "This one.", "title")


def test_the_codes_are_those_of_the_specification() -> None:
    assert {one.code for one in _refusals()} <= {
        "already_member",
        "already_owner",
        "cannot_change_own_role",
        "duplicate_component_id",
        "forbidden",
        "idempotency_conflict",
        "idempotency_in_progress",
        "in_use",
        "incident_resolved",
        "invalid_component_id",
        "invalid_request",
        "invalid_status_transition",
        "invalid_target",
        "invalid_target_user",
        "last_admin",
        "name_conflict",
        "NO_PUBLIC_SURFACE",
        "not_authorized",
        "not_found",
        "nothing_to_redact",
        "override_conflict",
        "override_ended",
        "precondition_failed",
        "redaction_not_permitted",
        "server_error",
        "validation_error",
    }


def test_of_many_incidents_that_use_something_the_first_few_are_named() -> None:
    assert InUse.by("API", ["the last resort"], [9, 2]).message == (
        "“API” is in use by the last resort, the open incidents #2, #9. Change that first."
    )
    assert InUse.by("API", [], range(1, 1_206)).message == (
        "“API” is in use by the open incidents #1, #2, #3, #4, #5, 1,200 more. Resolve them first."
    )
