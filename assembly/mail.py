"""Mail, put together from the settings: only where both SMTP_URL and MAIL_FROM are set."""

from assembly.settings import Settings
from core.transaction import Core
from mail.sender import MailSender
from mail.server import TIMEOUT_SECONDS, MailServer, Sender
from storage.vocabulary import Channel


def person_channels(settings: Settings) -> tuple[Channel, ...]:
    """Through what people are paged."""
    if settings.smtp_url and settings.mail_from:
        return (Channel.SLACK_DM, Channel.MAIL)
    return (Channel.SLACK_DM,)


def mail_senders(
    settings: Settings, core: Core, *, timeout: float = TIMEOUT_SECONDS
) -> dict[Channel, MailSender]:
    """What carries letters; nothing where mail is not configured."""
    if not settings.smtp_url or not settings.mail_from:
        return {}
    sender = MailSender(
        core,
        MailServer.parse(settings.smtp_url),
        Sender.parse(settings.mail_from),
        public_url=settings.public_url,
        timeout=timeout,
    )
    return {Channel.MAIL: sender}
