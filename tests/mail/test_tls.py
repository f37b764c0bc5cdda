"""Letters over TLS, on the wire: with a certificate that is trusted, and with one that is not."""

from pathlib import Path

import pytest

from assembly.mail_checks import check_mail
from core.checkup import Mark
from mail.server import MailServer
from tests.mail.certificates import HOST, Certificate, make_certificate
from tests.mail.post_office import Encryption, PostOffice, post_office, text_of
from tests.mail.test_sender import failure, outgoing, sender
from tests.world import running_world

ME = ("me", "s3cret")

both = pytest.mark.parametrize("encryption", ["TLS", "STARTTLS"])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The operator has named it in SSL_CERT_FILE."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    return certificate


async def _doctor(office: PostOffice) -> tuple[Mark, str, str]:
    """What the doctor says of the mail server."""
    finding, *_ = await check_mail(office.url, "tocsin@acme.example", "https://x.example", [])
    return finding.mark, finding.what, finding.remedy or ""


@both
async def test_a_letter_is_handed_in_over_tls_to_a_server_that_is_trusted(
    trusted: Certificate, encryption: Encryption
) -> None:
    async with post_office(login=ME, certificate=trusted, encryption=encryption) as office:
        await sender(office.url).send(outgoing())
        mark, what, _ = await _doctor(office)

    assert office.recipients == ["bob@example.com"]
    assert office.logins == [("me", True)] * 2
    assert mark is Mark.OK
    assert what.endswith("takes letters from tocsin@acme.example, over TLS, logged in as me.")


@both
async def test_a_page_goes_out_over_tls(
    database_url: str, trusted: Certificate, encryption: Encryption
) -> None:
    async with (
        post_office(login=ME, certificate=trusted, encryption=encryption) as office,
        running_world(database_url, smtp_url=office.url, mail_from="tocsin@acme.example") as world,
    ):
        await world.declare(world.alice)

    (letter,) = office.letters
    assert "You are on call for Payments" in text_of(letter)
    assert office.logins == [("me", True)]


@both
async def test_a_certificate_that_nobody_vouches_for_is_refused_and_no_password_is_sent(
    certificate: Certificate, encryption: Encryption
) -> None:
    async with post_office(login=ME, certificate=certificate, encryption=encryption) as office:
        refused = await failure(sender(office.url))
        mark, what, remedy = await _doctor(office)

    assert (refused.permanent, refused.unknown) == (False, False)
    assert str(refused) == "no safe connection to the mail server: self-signed certificate"
    assert office.logins == office.letters == []
    assert mark is Mark.BAD
    assert what.startswith(f"E-mail: no safe connection to {HOST}:")
    assert what.endswith("(self-signed certificate).")
    assert "SSL_CERT_FILE" in remedy


@both
async def test_a_certificate_for_another_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encryption: Encryption
) -> None:
    others = make_certificate(tmp_path, "mail.elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(others.file))
    async with post_office(login=ME, certificate=others, encryption=encryption) as office:
        refused = await failure(sender(office.url))
        mark, what, _ = await _doctor(office)

    assert f"not valid for '{HOST}'" in str(refused)
    assert office.logins == office.letters == []
    assert mark is Mark.BAD
    assert f"not valid for '{HOST}'" in what


@both
async def test_a_wrong_password_is_told_and_is_a_failure_that_may_pass(
    trusted: Certificate, encryption: Encryption
) -> None:
    async with post_office(login=ME, certificate=trusted, encryption=encryption) as office:
        office.url = office.url.replace("s3cret", "s3same")
        refused = await failure(sender(office.url))
        mark, what, _ = await _doctor(office)

    assert (refused.permanent, refused.unknown, refused.is_about_it) == (False, False, False)
    assert str(refused).startswith("the mail server said 535")
    assert mark is Mark.BAD
    assert "refuses the user and password (535" in what
    assert office.letters == []
    assert "s3same" not in str(refused) + what


async def test_a_wrong_password_is_said_in_the_alerts_channel_while_slack_pages(
    database_url: str, trusted: Certificate
) -> None:
    async with post_office(login=ME, certificate=trusted, encryption="STARTTLS") as office:
        url = office.url.replace("s3cret", "s3same")
        async with running_world(
            database_url, smtp_url=url, mail_from="tocsin@acme.example"
        ) as world:
            await world.declare(world.alice)
            await world.pass_time(minutes=2)

            assert len(world.bob.dm()) == 1
            loud = [one.plain for one in world.alerts.messages if one.broadcast]
            assert ["e-mail" in one and "535" in one for one in loud] == [True]
            assert "s3same" not in "".join(one.plain for one in world.alerts.messages)
    assert office.letters == []


async def test_a_server_that_offers_no_tls_is_sent_no_password(certificate: Certificate) -> None:
    async with post_office(login=ME, certificate=certificate) as office:
        refused = await failure(sender(office.url))
        mark, what, remedy = await _doctor(office)

    assert "STARTTLS" in str(refused)
    assert office.logins == office.letters == []
    assert (mark, "STARTTLS" in what) == (Mark.BAD, True)
    assert "A password is only sent over TLS" in remedy


async def test_a_port_that_speaks_no_tls_is_said_to_be_unsafe(certificate: Certificate) -> None:
    async with post_office(login=ME, certificate=certificate) as office:
        office.url = office.url.replace("smtp://", "smtps://")
        refused = await failure(sender(office.url))
        mark, what, remedy = await _doctor(office)

    assert str(refused).startswith("no safe connection to the mail server: ")
    assert office.logins == office.letters == []
    assert (mark, "no safe connection" in what) == (Mark.BAD, True)
    assert "smtp:// for 587" in remedy


async def test_without_a_password_tls_is_used_where_it_is_offered(trusted: Certificate) -> None:
    async with post_office(certificate=trusted, encryption="STARTTLS") as office:
        assert MailServer.parse(office.url).start_tls is None
        await sender(office.url).send(outgoing())
        _, what, _ = await _doctor(office)

    assert office.recipients == ["bob@example.com"]
    assert what.endswith("over TLS.")
