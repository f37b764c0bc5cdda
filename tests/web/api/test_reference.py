"""The reference page: every endpoint of the document for people, to anybody, and safely."""

import gzip
import html
import re
from collections import Counter

import html5lib
import pytest

from core.errors import IncidentResolved, NoPublicSurface, NotAuthorized, NotFound
from tests.web.api.caller import Office
from web.api import openapi_document, reference
from web.api.reference_facts import read_reference
from web.api.refusals import RateLimited
from web.status_documents import source_hash


def page(document: dict) -> str:
    shown = reference.render(document, per_second=100, burst=200)
    return shown.plain.body.decode()


def with_summary(summary: str) -> dict:
    """A document in which somebody wrote this."""
    document = openapi_document()
    get = {**document["paths"]["/incidents/{incidentId}"]["get"], "summary": summary}
    return {**document, "paths": {"/incidents/{incidentId}": {"get": get}}}


async def test_anybody_reads_it_below_both_prefixes(office: Office) -> None:
    answers = [await office.nobody.ask("GET", f"{prefix}/docs") for prefix in ("/v1", "/api")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text
    assert answers[0].headers["content-type"] == "text/html; charset=utf-8"
    assert answers[0].headers["x-request-id"]


@pytest.mark.parametrize("path", ["/v1/docs", "/v1/openapi.json"])
async def test_who_has_it_is_not_sent_it_again(office: Office, path: str) -> None:
    plain = await office.nobody.ask("GET", path, headers={"Accept-Encoding": "identity"})
    small = await office.nobody.ask("GET", path, headers={"Accept-Encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content
    assert len(gzip.compress(plain.content)) < len(plain.content) / 3
    tag = {"If-None-Match": plain.headers["etag"], "Accept-Encoding": "identity"}
    again = await office.nobody.ask("GET", path, headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert (await office.nobody.ask("HEAD", path)).status_code == 200
    assert await office.nobody.refusal("POST", path, {}) == (405, "method_not_allowed")


def test_every_endpoint_is_there_once_and_the_contents_lead_to_it() -> None:
    document = openapi_document()
    written = page(document)
    for path, of_path in document["paths"].items():
        for operation in of_path.values():
            name = operation["operationId"]
            assert written.count(f'id="{name}"') == 1, f"{name} {path}"
            assert written.count(f'href="#{name}"') == 2, f"{name} {path}"
            assert html.escape(operation["summary"], quote=False) in html.unescape(written)


def test_every_refusal_is_told_with_its_sentence() -> None:
    written = html.unescape(re.sub(r"</?code>", "", page(openapi_document())))
    told = Counter(re.findall(r"\bclass=\"number\">(\d+)<", page(openapi_document())))
    assert set(told) >= {"400", "401", "404", "409", "413", "429", "500"}
    for kind in (NotAuthorized, NotFound, IncidentResolved, NoPublicSurface, RateLimited):
        assert kind().message.replace("`", "") in written


def test_what_is_for_admins_alone_is_marked_and_nothing_else() -> None:
    nouns = read_reference(openapi_document()).nouns
    marked = {one.id for noun in nouns for one in noun.endpoints if one.for_admins}
    assert {"create_api_key", "list_audit_events", "change_status_page"} <= marked
    assert not {"declare_incident", "create_component", "redact_update", "list_members"} & marked


def test_it_is_strict_html_with_each_id_once() -> None:
    written = page(openapi_document())
    html5lib.HTMLParser(strict=True).parse(written)
    ids = Counter(re.findall(r'\bid="([^"]*)"', written))
    assert [name for name, count in ids.items() if count > 1] == []
    assert set(re.findall(r'href="#([^"]*)"', written)) <= set(ids)


def test_it_runs_nothing_and_asks_nothing_of_others() -> None:
    shown = reference.render(openapi_document(), per_second=100, burst=200)
    written = shown.plain.body.decode()
    style = re.search(r"<style>(.*?)</style>", written, re.DOTALL)
    policy = dict(shown.plain.headers)[b"content-security-policy"].decode()
    assert style
    assert f"style-src {source_hash(style[1])};" in policy
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "<script" not in written
    assert re.findall(r'(?:src|href)="(?!#|data:image/svg|openapi\.json)[^"]*"', written) == []


def test_what_a_text_holds_is_text() -> None:
    written = page(with_summary("<script>alert(1)</script> & `<b>`"))
    assert "<script" not in written
    assert "<b>" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in written


def test_code_and_paragraphs_are_marked_and_nothing_else() -> None:
    marked = reference.marked("Send `a<b`\nas *it* is.\n\nThen wait.")
    assert marked == "<p>Send <code>a&lt;b</code> as *it* is.</p><p>Then wait.</p>"
