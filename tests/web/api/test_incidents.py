"""Incidents over REST, as spec sections 2 and 9 have them."""

from tests.web.api.caller import Office


async def test_an_incident_is_declared_and_read(office: Office) -> None:
    made = await office.declare(description="Nobody can pay.")

    assert made["number"] == 1
    assert made["ownerId"] == office.user("bob")
    assert made["createdBy"] == {"id": str(office.member.key_id), "name": "Deploys"}
    assert await office.admin.get(f"/v1/incidents/{made['id']}") == made
    assert await office.admin.get(f"/api/incidents/{made['id']}") == made


async def test_what_is_wrong_with_a_new_incident_is_said_at_each_field(office: Office) -> None:
    answer = await office.member.ask(
        "POST", "/v1/incidents", {"severity": "awful", "colour": "red"}
    )

    assert answer.status_code == 400
    told = answer.json()
    assert (told["type"], told["code"]) == ("validation_error", "validation_error")
    assert {one["field"] for one in told["errors"]} == {"title", "severity", "colour"}


async def test_without_a_key_nobody_learns_anything(office: Office) -> None:
    assert await office.nobody.refusal("POST", "/v1/incidents", {}) == (401, "not_authorized")
