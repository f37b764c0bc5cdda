"""The guard before Bolt: unsigned, stale, oversized and repeated requests get no further."""

import hashlib
import hmac
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.guard import BODY_MAX, Guard
from tests.cast import StoryClock

SECRET = "the-signing-secret"


class Beyond:
    """What stands behind the guard; it counts what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def signed(body: bytes, at: int, secret: str = SECRET) -> dict[str, str]:
    base = b"v0:%d:%s" % (at, body)
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={signature}"}


@pytest.fixture
def beyond() -> Beyond:
    return Beyond()


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock()


@pytest.fixture
async def door(beyond: Beyond, clock: StoryClock) -> AsyncIterator[httpx.AsyncClient]:
    guard = Guard(beyond, signing_secret=SECRET, seconds=lambda: clock.now().timestamp())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=guard), base_url="http://guard.test"
    ) as client:
        yield client


async def test_what_slack_signed_passes_unchanged(
    door: httpx.AsyncClient, beyond: Beyond, clock: StoryClock
) -> None:
    now = int(clock.now().timestamp())

    answer = await door.post("/slack/events", content=b"a=1", headers=signed(b"a=1", now))

    assert (answer.status_code, beyond.bodies) == (200, [b"a=1"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "-1", "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "9" * 40, "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "1", "x-slack-signature": "v0=\xe9"},
        {"x-slack-request-timestamp": "1", "x-slack-signature": "v1=" + "0" * 64},
    ],
)
async def test_headers_that_slack_never_sends_are_refused_with_401(
    door: httpx.AsyncClient, beyond: Beyond, headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    answer = await door.post("/slack/events", content=b"a=1", headers=raw)

    assert (answer.status_code, beyond.bodies) == (401, [])


async def test_another_secrets_signature_is_refused(
    door: httpx.AsyncClient, beyond: Beyond, clock: StoryClock
) -> None:
    now = int(clock.now().timestamp())

    answer = await door.post("/", content=b"a=1", headers=signed(b"a=1", now, "another"))

    assert (answer.status_code, beyond.bodies) == (401, [])


@pytest.mark.parametrize("off", [-301, 301])
async def test_a_signature_older_or_newer_than_five_minutes_is_refused(
    door: httpx.AsyncClient, beyond: Beyond, clock: StoryClock, off: int
) -> None:
    at = int(clock.now().timestamp()) + off

    answer = await door.post("/", content=b"a=1", headers=signed(b"a=1", at))

    assert (answer.status_code, beyond.bodies) == (401, [])


async def test_the_same_signed_request_passes_once(
    door: httpx.AsyncClient, beyond: Beyond, clock: StoryClock
) -> None:
    headers = signed(b"a=1", int(clock.now().timestamp()))

    answers = [await door.post("/", content=b"a=1", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert len(beyond.bodies) == 1


async def test_a_body_over_one_mebibyte_is_refused_while_it_streams(
    door: httpx.AsyncClient, beyond: Beyond, clock: StoryClock
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 1
            yield b"x" * (BODY_MAX // 8)

    headers = signed(b"", int(clock.now().timestamp()))
    answer = await door.post("/", content=endless(), headers=headers)

    assert (answer.status_code, beyond.bodies) == (413, [])
    assert sent < 20


async def test_a_hostile_path_of_forged_signatures_is_not_remembered(
    door: httpx.AsyncClient, clock: StoryClock
) -> None:
    now = int(clock.now().timestamp())
    honest = signed(b"a=1", now)
    forged = {**honest, "x-slack-signature": "v0=" + "0" * 64}

    assert (await door.post("/", content=b"a=1", headers=forged)).status_code == 401
    assert (await door.post("/", content=b"a=1", headers=honest)).status_code == 200
