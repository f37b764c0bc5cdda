"""Status pages over HTTP: tagged, typed and smaller on request, and nothing to do but read."""

import gzip
import json
import re

import httpx
import pytest

from tests.status_pages import Memory
from tests.web.status.served import EVERY, NOWHERE, Time, client_of, pages_of

COMPONENT_FEED = "/components/00000000-0000-0000-0000-0000000003e9/feed.atom"


@pytest.mark.parametrize("rest", [*EVERY, COMPONENT_FEED])
async def test_every_document_is_tagged_typed_and_kept_for_a_second(
    web: httpx.AsyncClient, rest: str
) -> None:
    answer = await web.get(f"/status/acme{rest}")
    assert answer.status_code == 200
    kind = {"n": "application/json", "m": "application/atom+xml; charset=utf-8"}
    expected = kind[rest[-1]] if "." in rest else "text/html; charset=utf-8"
    assert answer.headers["content-type"] == expected
    assert re.fullmatch('"[0-9a-f]{32}"', answer.headers["etag"])
    assert answer.headers["cache-control"] == "public, max-age=1"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "unsafe" not in answer.headers["content-security-policy"]
    everybody = answer.headers.get("access-control-allow-origin")
    assert everybody == ("*" if "." in rest else None)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_who_has_it_already_is_told_so_without_a_body(
    web: httpx.AsyncClient, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    tag = (await web.get("/status/acme", headers=headers)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", W/{tag}', f'{tag},"other"', "*"):
        answer = await web.get("/status/acme", headers={**headers, "If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["etag"], answer.headers["cache-control"]) == (
            tag,
            "public, max-age=1",
        )
        assert "content-length" not in answer.headers
    for unknown in ("", '"other"', tag.strip('"'), tag[:-2] + '"'):
        answer = await web.get("/status/acme", headers={**headers, "If-None-Match": unknown})
        assert answer.status_code == 200


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "gzip, deflate, br, zstd"])
async def test_who_takes_gzip_gets_less_and_another_tag(
    web: httpx.AsyncClient, accepted: str
) -> None:
    plain = await web.get("/status/acme")
    async with web.stream("GET", "/status/acme", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(raw))
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    assert answer.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip-2"])
async def test_who_takes_no_gzip_gets_none(web: httpx.AsyncClient, accepted: str) -> None:
    answer = await web.get("/status/acme", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_head_says_all_but_the_body(web: httpx.AsyncClient) -> None:
    get, head = await web.get("/status/acme"), await web.head("/status/acme")
    assert (head.status_code, head.content) == (200, b"")
    for answer in (get, head):
        del answer.headers["x-request-id"]
    assert head.headers == get.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_there_is_nothing_to_do_but_read(web: httpx.AsyncClient, method: str) -> None:
    for path in ("/status/acme", "/status/other"):
        answer = await web.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_what_does_not_exist_looks_like_what_was_never_published(
    web: httpx.AsyncClient,
) -> None:
    answers = [await web.get(path) for path in NOWHERE]
    assert [one.status_code for one in answers] == [404] * len(NOWHERE)
    assert len({one.content for one in answers}) == 1
    assert "There is no such page" in answers[0].text
    assert {one.headers["cache-control"] for one in answers} == {"public, max-age=1"}


async def test_a_slash_too_much_leads_to_the_page(web: httpx.AsyncClient) -> None:
    answer = await web.get("/status/acme/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/status/acme")
    assert (await web.get("/status/other/")).status_code == 404


async def test_everything_else_goes_on_to_the_product(web: httpx.AsyncClient) -> None:
    for path in ("/", "/healthz", "/status", "/statuses/acme"):
        assert (await web.get(path)).text == "elsewhere"


async def test_every_answer_has_the_id_of_its_request(web: httpx.AsyncClient) -> None:
    for path in ("/status/acme", "/status/acme", "/status/other"):
        named = await web.get(path, headers={"X-Request-Id": "abc-1"})
        assert named.headers["x-request-id"] == "abc-1"
        forged = await web.get(path, headers={"X-Request-Id": "two words"})
        assert re.fullmatch("[0-9a-f]{32}", forged.headers["x-request-id"])
    tag = named.headers.get("etag", "")
    again = await web.get("/status/acme", headers={"If-None-Match": f"{tag}, *"})
    assert len(again.headers["x-request-id"]) == 32


async def test_what_is_asked_for_by_another_host_has_that_hosts_addresses(
    memory: Memory, time: Time
) -> None:
    pages = pages_of(memory, time, public_url=None)
    for base in ("https://one.example", "http://two.example:8080", "http://[::1]:3000"):
        async with client_of(pages, base) as web:
            told = (await web.get("/status/acme.json")).json()
            assert told["page"]["url"] == f"{base}/status/acme"
            assert (
                f'href="{base}/status/acme/feed.atom"'
                in (await web.get("/status/acme/feed.atom")).text
            )
            assert "example" not in re.sub(
                "docs.example.com", "", (await web.get("/status/acme")).text
            )
    async with client_of(pages) as web:
        forged = await web.get("/status/acme.json", headers={"Host": "x/<script>"})
    assert json.loads(forged.text)["page"]["url"] == "/status/acme"
