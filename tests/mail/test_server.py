"""What SMTP_URL and MAIL_FROM may say, and when a password may travel."""

import pytest

from mail.server import MailServer, Sender, is_address


@pytest.mark.parametrize(
    ("url", "server", "start_tls"),
    [
        ("smtp://mail.example.com", MailServer("mail.example.com", 587), None),
        ("smtp://mail.example.com:25/", MailServer("mail.example.com", 25), None),
        ("smtps://mail.example.com", MailServer("mail.example.com", 465, True), False),
        (
            "smtp://me%40example.com:p%2F%40ss@mail.example.com",
            MailServer("mail.example.com", 587, False, "me@example.com", "p/@ss"),
            True,
        ),
        (
            "smtp://me:pass@localhost:2525",
            MailServer("localhost", 2525, False, "me", "pass"),
            False,
        ),
        ("smtp://[::1]:25", MailServer("::1", 25), False),
    ],
)
def test_a_url_says_where_and_a_password_leaves_the_machine_over_tls_alone(
    url: str, server: MailServer, start_tls: bool | None
) -> None:
    assert MailServer.parse(url) == server
    assert server.start_tls is start_tls


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://host:port",
        "smtp://host:99999",
        "smtp://user:s3cret@",
        "smtp://user:s3/cret@host",
        "smtp://user:s3cret@host/path",
        "smtp://user:s3cret@host?tls=no",
        "smtp://user@host",
        "smtp://:s3cret@host",
    ],
)
def test_what_is_no_server_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@host") as refused:
        MailServer.parse(url)
    assert "s3" not in str(refused.value)


def test_a_server_shown_in_a_log_does_not_show_its_password() -> None:
    assert "s3cret" not in repr(MailServer.parse("smtp://user:s3cret@host"))


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("tocsin@example.com", Sender("Tocsin", "tocsin@example.com")),
        ("On call <on-call@example.com>", Sender("On call", "on-call@example.com")),
    ],
)
def test_letters_are_from_an_address_with_or_without_a_name(written: str, sender: Sender) -> None:
    assert Sender.parse(written) == sender
    assert sender.domain == "example.com"


@pytest.mark.parametrize(
    "written",
    ["", "tocsin", "tocsin@", "@example.com", "a@b.c\r\nBcc: d@e.f", "a@b.c, d@e.f", "a b@c.d"],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    assert not is_address(written)
    with pytest.raises(ValueError, match="must be one address"):
        Sender.parse(written)
