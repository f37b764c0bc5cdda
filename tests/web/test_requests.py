"""Every request has an id, which the answer gives back."""

import re

import pytest

from tests.world import World, web_client

PATHS = ["/healthz", "/readyz", "/metrics", "/nowhere"]


@pytest.mark.parametrize("path", PATHS)
async def test_the_id_that_a_request_brings_is_given_back(world: World, path: str) -> None:
    async with web_client(world.tocsin) as web:
        answer = await web.get(path, headers={"X-Request-Id": "abc-123.4"})
    assert answer.headers["x-request-id"] == "abc-123.4"


@pytest.mark.parametrize("brought", ["", "two words", "a" * 65, "x\tforged=1"])
async def test_one_is_made_where_none_is_brought_or_none_that_fits_a_log(
    world: World, brought: str
) -> None:
    async with web_client(world.tocsin) as web:
        answers = [await web.get("/healthz", headers={"X-Request-Id": brought}) for _ in range(2)]
    made = [answer.headers["x-request-id"] for answer in answers]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)
    assert made[0] != made[1]


async def test_what_slack_is_answered_has_one_too(world: World) -> None:
    async with web_client(world.tocsin) as web:
        answer = await web.post("/slack/events", headers={"X-Request-Id": "from-outside"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (401, "from-outside")
