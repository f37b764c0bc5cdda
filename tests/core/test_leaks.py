"""A writer is warned of what should not leave the house, and not of what may."""

import socket
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.leaks import EXCERPT_MAX, TOLD_MAX, LeakKind, find_leaks

JWT = "eyJhbGciOiJIUzI1NiJ9" + "." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0" + "." + "c2lnbmF0dXJlIG9mIGl0"
HEX = "9f8a7b6c5d4e3f2a" + "1b0c9d8e7f6a5b4c"
RANDOM = "tR7zQ1wX9cV4bN6m" + "K2jH8gF3dS5aP0oIuYe"


def _found(text: str) -> list[tuple[str, str]]:
    return [(leak.kind.value, leak.excerpt) for leak in find_leaks(text)]


# Put together here, so that nothing that scans this repository takes them for real.
@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("the key is " + "toc_" + "live_" + HEX, "toc_…"),
        ("AKI" + "AQ3EGUZ5R7XLK2MNP is the one", "AKIA…"),
        (
            "aws_secret_access_key = '" + "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYzxxxxxxKEY'",
            "aws_secret_access_key = 'wJal…",
        ),
        ("gh" + "p_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5", "ghp_…"),
        ("github" + "_pat_" + "11ABCDEFG0aB3dE5fG7hI9", "gith…"),
        ("gl" + "pat-" + "aB3dE5fG7hI9jK1lM3nO", "glpa…"),
        ("xo" + "xb-" + "123456789012-123456789012-" + "AbCdEfGhIjKl", "xoxb…"),
        ("xa" + "pp-1-" + "A0123456789-1234567890", "xapp…"),
        ("https://hooks." + "slack.com/services/" + "T0000/B0000/abcdef", "http…"),
        ("sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc", "sk_l…"),
        ("SG." + "a" * 22 + "." + "b" * 43, "SG.a…"),
        ("sk-" + "proj-" + "aB3dE5fG7hI9jK1l", "sk-p…"),
        (f"set it to {JWT}, please", "eyJh…"),
        (f"curl -H 'Authorization: Bearer {HEX}'", "Authorization: Bearer 9f8a…"),
        (f"Authorization: Token {HEX}", "Authorization: Token 9f8a…"),
        ("Authorization: Basic " + "dXNlcjpwYXNzd29yZA==", "Authorization: Basic dXNl…"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA", "BEGIN RSA PRIVATE KEY…"),
        ("-----BEGIN " + "PRIVATE KEY-----", "BEGIN PRIVATE KEY…"),
        ("postgresql://" + "tocsin:hunter2" + "@db.example.com/x", "postgresql://tocsin:h…"),
        ("redis://" + ":hunter2hunter2" + "@cache.example.com", "redis://:hun…"),
        ("password=" + "hunter2", "password=h…"),
        ("We set DB_" + "PASS=hunter2now.", "PASS=hu…"),
        ("`api_key`: `" + HEX + "`", "api_key`: `9f8a…"),
        ('{"secret": "' + "s3cr3t-of-ours" + '"}', 'secret": "s3c…'),
        ("the password is " + "Hunter2Hunter2", "password is Hun…"),
        ("Das Passwort: " + "geheim2026!", "Passwort: ge…"),
        ("Das Kennwort ist " + "geheim2026!", "Kennwort ist ge…"),
        (f"https://example.com/reset?token={HEX}&lang=de", "token=9f8a…"),
        (f"SESSION={RANDOM}", "SESSION=tR7z…"),
    ],
)
def test_a_secret_is_found_and_not_repeated(text: str, excerpt: str) -> None:
    (leak,) = find_leaks(text)
    assert (leak.kind, leak.excerpt) == (LeakKind.SECRET, excerpt)
    assert leak.said == f"“{excerpt}” looks like a secret."


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("payments-db-3.internal is back", "payments-db-3.internal"),
        ("Payments-db-3.internal is back.", "Payments-db-3.internal"),
        ("_db01.internal_ and that is it", "db01.internal"),
        ("*db01.internal*", "db01.internal"),
        ("DB01.CORP is down", "DB01.CORP"),
        ("we moved foo.corp", "foo.corp"),
        ("x.svc.cluster.local", "x.svc.cluster.local"),
        ("ip-10-0-1-2.eu-west-1.compute.internal", "ip-10-0-1-2.eu-west-1.compute.internal"),
        ("printer.home.arpa", "printer.home.arpa"),
        ("payments.prod, then the rest", "payments.prod"),
        ("payments.orders.eu", None),
        ("kafka-2.messaging", "kafka-2.messaging"),
        ("orders.messaging.cluster", "orders.messaging.cluster"),
        ("dc01.corp.example.com", "dc01.corp.example.com"),
        ("ssh root@db01.internal", "db01.internal"),
        ("localhost", "localhost"),
        ("on localhost:8080.", "localhost:8080"),
        ("db01:5432 refuses", "db01:5432"),
        ("redis:6379", "redis:6379"),
        ("payments-api:8123", "payments-api:8123"),
        ("payments.messaging:8123", "payments.messaging:8123"),
        ("http://payments/health", "payments"),
        ("https://grafana.internal:3000/d/abc?x=1", "grafana.internal:3000"),
        ("<https://wiki.corp/x|the wiki>", "wiki.corp"),
        ("http://jenkins.build/job/1", None),
        ("http://jenkins.ci/job", None),
        ("http://jenkins.tools2/job", None),
        ("http://grafana.ops.monitoring/d", "grafana.ops.monitoring"),
        ("Server münchen-1.intern antwortet nicht", "münchen-1.intern"),
    ],
)
def test_an_internal_host_is_found_with_its_port(text: str, host: str | None) -> None:
    assert _found(text) == ([("host", host)] if host else [])


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.4.2", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1"),
        *("10.0.0.1:5432", "10.0.0.0/8", "::1", "fe80::1", "fd12:3456::7", "fd00::/8"),
    ],
)
def test_a_private_address_is_found_with_its_port_or_its_prefix(address: str) -> None:
    (leak,) = find_leaks(f"We take {address}, for now.")
    assert (leak.kind, leak.excerpt) == (LeakKind.ADDRESS, address)
    assert leak.said == f"“{address}” looks like a private address."


@pytest.mark.parametrize(
    "mention",
    [
        *("<@U012ABCDEF>", "<@W012ABCDEF|bob>", "<!channel>", "<!here|here>", "<#C012AB|payments>"),
        *("<!subteam^S012AB>", "<!subteam^S012AB|@oncall>", "@channel", "@here", "@everyone"),
    ],
)
def test_a_slack_mention_is_found(mention: str) -> None:
    (leak,) = find_leaks(f"Thanks, {mention}!")
    assert (leak.kind, leak.excerpt) == (LeakKind.MENTION, mention)
    assert leak.said == f"“{mention}” looks like a Slack mention."


def test_a_link_into_slack_is_found() -> None:
    (leak,) = find_leaks("See https://acme.slack.com/archives/C012AB/p1690000000000000.")
    assert leak.kind is LeakKind.MENTION
    assert leak.excerpt == "https://acme.slack.com/archives/C012AB/p1690000000000000"
    assert leak.said.endswith("looks like a link into Slack.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We are investigating slow checkouts since 10:30 UTC. About 2.5% of requests fail.",
        "Wir untersuchen seit 10:30 Uhr langsame Bezahlvorgänge, z.B. bei Kreditkarten, d.h. ca. "
        "2,5 % der Anfragen schlagen fehl (u.a. in Österreich). Nächste Meldung um 11.30 Uhr.",
        "Some requests fail, e.g. refunds, i.e. money back... We will update in 30 min.",
        "It is done.Next update at 12:00.Thanks for your patience...and sorry",
        "Läuft wieder.Danach sehen wir weiter.",
        "From 9:00-17:30 (10:30:15 to be exact), 2026-10-31T10:30:00Z, on 31.10.2026 and 10/31.",
        "We rolled back to 2.0.1, v1.29.3, v2.0.1-rc1 and python 3.11; nginx/1.25.3 stays.",
        "A fault in config.yaml, app.py, index.html, main.rs, Node.js and docker-compose.dev.yml.",
        "src/payments/app.service.ts:120 and /etc/nginx/conf.d/payments-1.conf and C:\\a\\b-1.cnf",
        "PROJ-123, PROJ-123:45 and #4711 are fixed in 4c06793aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5.",
        "commit=4c06793aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5, 550e8400-e29b-41d4-a716-446655440000",
        "See https://www.example.com/status/payments.latency-1?lang=de#v2 or status.example.co.uk.",
        "Write to support@example.com or anna.schmidt@example.com, or call +49 30 1234567.",
        "Follow @example; @channels and bob@here.com mention nobody.",
        "foo.github.io, example.dev and bücher.example.de are public.",
        "8.8.8.8 and 2001:4860:4860::8888 are everybody's.",
        "error:503, status:500, HTTP:500, ratio 3:1, port:5432, line:1234, Q3:2026, postgres:16",
        "java.lang.NullPointerException in com.example.Payments; self.client.get(x) was None.",
        "Please reset your password: it may have expired. Password: required. Your token: expired.",
        "Passwort: bitte zurücksetzen. Das Passwort ist abgelaufen. Das Token ist ungültig.",
        "The API key is rate-limited. max_tokens=4096, token=null, password=****, secret=${SECRET}",
        "password=<redacted>, see token: https://example.com/tokens/2",
        "Bearer authentication and basic authentication fail. Basic Authentication, too.",
        "https://example.com/?utm_source=status&utm_campaign=autumn-maintenance-window-2026",
        "https://example.com:443/@example and https://slack.com/help, s3://bucket/key",
        "a::b, std::vector, aa:bb:cc:dd:ee:ff, 999.10.10.10, 1.10.0.0.1, 10.0.0",
        "p.m. and a.m., U.S. and E.U., 1.5GB in 2.4s, 12.Mai, 10.30pm, AT&T, C++, 100%",
    ],
)
def test_an_ordinary_text_warns_of_nothing(text: str) -> None:
    assert _found(text) == []


def test_what_is_found_is_told_in_order_and_once() -> None:
    text = "db01.internal and 10.0.0.1: <!here>, db01.internal again, password=" + "hunter2"
    assert _found(text) == [
        ("host", "db01.internal"),
        ("address", "10.0.0.1"),
        ("mention", "<!here>"),
        ("secret", "password=h…"),
    ]
    assert find_leaks(text)[0].said == "“db01.internal” looks like an internal host name."


def test_of_a_connection_both_the_password_and_the_host_are_told() -> None:
    assert _found("postgresql://" + "user:s3cretPassword" + "@db01.internal:5432/payments") == [
        ("secret", "postgresql://user:s3c…"),
        ("host", "db01.internal:5432"),
    ]


def test_a_token_in_the_place_of_a_user_is_not_repeated_either() -> None:
    token = "gh" + "p_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
    assert _found(f"https://{token}:x-oauth-basic@github.com/acme") == [
        ("secret", "https://ghp_…"),
    ]


def test_of_too_much_the_first_is_told_and_every_secret_before_it() -> None:
    hosts = " ".join(f"db{number}.internal" for number in range(30))
    told = _found(f"{hosts} password=" + "hunter2")
    assert len(told) == TOLD_MAX
    assert told[0] == ("host", "db0.internal")
    assert told[-1] == ("secret", "password=h…")


def test_a_long_name_is_cut() -> None:
    (leak,) = find_leaks(f"{'a' * 60}.{'b' * 20}.internal")
    assert len(leak.excerpt) == EXCERPT_MAX
    assert leak.excerpt.endswith("…")


PARTS = st.sampled_from(
    [
        *("db01", ".", ":", "//", "@", "://", "internal", "com", "10.0.0.1", "::", "<", ">", "|"),
        *("password", "=", "token", " is ", "Bearer ", "eyJ", "AKIA", "xoxb-", "-", "_", "5432"),
        *("slack.com/archives/", "<!here>", "fd00", "/", " ", "\n", "é", "İ", "ß", "٣", "\x00"),
    ]
)


@given(st.one_of(st.text(), st.lists(PARTS).map("".join)))
@example("http://..")
@example("\ud800.internal")
@example("a." * 200 + "internal")
def test_any_text_is_read_and_every_excerpt_is_from_it(text: str) -> None:
    for leak in find_leaks(text):
        assert leak.excerpt.removesuffix("…") in text
        assert leak.said.startswith(f"“{leak.excerpt}” looks like ")
        assert len(leak.excerpt) <= EXCERPT_MAX


@pytest.mark.parametrize(
    "part",
    [
        *(
            "a",
            "a.",
            "a-",
            "1",
            ".",
            ":",
            "@",
            "a:",
            "://",
            "a@",
            "a@a.",
            "://a:",
            "http://a:a",
            " ",
        ),
        *("eyJ", "eyJ.", "AC", "artifactory ", "ibm cloud iam api key ", "aws key ", "password "),
        *(
            "password=",
            "password: a ",
            "password=a1b2c3 ",
            "token is ",
            "Bearer ",
            "<@U",
            "<!here|",
        ),
        *("10.0.0.1 ", "10.", "fd00::", "::", "db1.internal ", "a.b.c.d ", "db-1:5432 ", "slack."),
        *("x=" + RANDOM + " ", "npm token ", "BEGIN RSA ", "slack.com/archives/", "A=/+-_1b2C3"),
    ],
)
def test_no_text_takes_long(part: str) -> None:
    find_leaks("")  # what is read once has been read
    text = (part * 10_000)[:10_000]
    before = perf_counter()
    find_leaks(text)
    assert perf_counter() - before < 0.5  # some 20 ms; a busy machine may take its time


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert _found("https://db01.internal and xo" + "xb-" + "12-34-AbCdEf")
