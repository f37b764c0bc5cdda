"""PURE. Secrets in a text that people wrote: keys, tokens, passwords, logins in addresses.

What a token looks like is known by a library; here is how people write them down in a sentence.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

_WINDOW, _STEP = 400, 300
"""The library's patterns look at so many characters at a time: some take the square of them."""

_NAMED = re.compile(
    r"(?:pass(?:word|wd|phrase|wort)|(?<=_)pass|pwd|kennwort|secret|token(?!s)|credentials?"
    r"|(?:api|access|auth|private|client|service|account)[_ -]?key)"
    r"[\w-]{0,20}[\"'`*_]{0,2}[ \t]{0,3}(?P<by>:?=>?|:|\bis\b|\bist\b)[ \t]{0,3}[\"'`*_]{0,2}"
    r"[ \t]{0,3}(?P<secret>[^\s\"'`&;,<>]{4,200})",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"[*x•.…_-]+|[$%{\[(].*|.*://.*|(?-i:[A-Z]+-\d+)"
    r"|true|false|null|none|nil|required|expired|invalid|missing|redacted|hidden|masked|changed",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(
    r"\b(?:bearer|basic|authorization:[ \t]{0,3}\w{1,20})[ \t]{1,3}"
    r"(?P<secret>[\w.~+/-]{12,400}=*)",
    re.IGNORECASE,
)
_CONNECTION = re.compile(
    r"(?<![\w+.-])[a-z][\w+.-]{1,20}://[^\s:/@]{0,80}:(?P<secret>[^\s@/]{1,100})@", re.IGNORECASE
)
_KNOWN_BY_ITS_START = re.compile(
    r"(?<![A-Za-z0-9])(?P<secret>(?:toc_[a-z]{2,10}_|github_pat_|gl(?:pat|dt|rt|soat|cbt)-|xapp-"
    r"|xoxe[.-]|[rs]k_test_|whsec_|sk-|pypi-|hf_|shpat_|dop_v1_|AIza|ya29\.)[\w-]{16,400})"
)
_PRIVATE_KEY = re.compile(r"BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?P<secret>)")
_VALUE = re.compile(r"(?<![\w.-])[\w.-]{1,40}=(?P<secret>[\w+/-]{20,400}={0,2})")


class Secret(NamedTuple):
    """Where a secret is in a text, from its name on, and up to where it may be shown."""

    start: int
    shown: int
    end: int


def find_secrets(text: str) -> Iterator[Secret]:
    """Every secret that a text seems to hold, in no order; some overlap."""
    for found in _NAMED.finditer(text):
        secret = found["secret"].rstrip(".:!?)]}*_…”")
        if _is_named_secret(found["by"], secret):
            yield _hidden(found.start(), found.start("secret"), len(secret))
    for pattern, is_meant in (
        (_AUTHORIZATION, _is_no_word),
        (_KNOWN_BY_ITS_START, _is_no_word),
        (_CONNECTION, _is_anything),
        (_PRIVATE_KEY, _is_anything),
        (_VALUE, _is_random),
    ):
        for found in pattern.finditer(text):
            if is_meant(found["secret"]):
                yield _hidden(found.start(), found.start("secret"), len(found["secret"]))
    for at in range(0, len(text), _STEP):
        for pattern in _patterns():
            for found in pattern.finditer(text, at, at + _WINDOW):
                secret = found.start(found.lastindex or 0)
                yield _hidden(found.start(), secret, found.end() - secret)


def _hidden(start: int, secret: int, length: int) -> Secret:
    """A secret of which a quarter is shown, and no more than four characters."""
    return Secret(start, secret + min(4, length // 4), secret + length)


def _is_named_secret(by: str, secret: str) -> bool:
    """Whether what follows `password=` or `password:` is one; after a colon may come a sentence."""
    if _NO_SECRET.fullmatch(secret):
        return False
    if "=" in by:
        return len(secret) >= (6 if secret.isdecimal() else 4)
    return len(secret) >= 6 and _is_no_word(secret)


def _is_no_word(secret: str) -> bool:
    """Whether it mixes letters with digits, or capitals into the middle."""
    letters = any(map(str.isalpha, secret))
    inside = secret[1:]
    return letters and (
        any(map(str.isdecimal, secret)) or inside not in (inside.lower(), inside.upper())
    )


def _is_anything(_secret: str) -> bool:
    return True


def _is_random(secret: str) -> bool:
    """Whether a value is as random as a key; a commit's hash is not, having sixteen digits only."""
    measure, limit = _randomness()
    return measure(secret) > limit


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """What the library knows tokens by; its `verify`, which asks the provider, is never called."""
    # Imported when first needed: it takes 120 ms, and most commands never need it.
    # Not among them: Artifactory's, which takes over half a second for some texts, and the one for
    # logins in addresses, of which _CONNECTION sees more.
    from detect_secrets.plugins.aws import AWSKeyDetector
    from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
    from detect_secrets.plugins.discord import DiscordBotTokenDetector
    from detect_secrets.plugins.github_token import GitHubTokenDetector
    from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
    from detect_secrets.plugins.ibm_cos_hmac import IbmCosHmacDetector
    from detect_secrets.plugins.jwt import JwtTokenDetector
    from detect_secrets.plugins.mailchimp import MailchimpDetector
    from detect_secrets.plugins.npm import NpmDetector
    from detect_secrets.plugins.sendgrid import SendGridDetector
    from detect_secrets.plugins.slack import SlackDetector
    from detect_secrets.plugins.square_oauth import SquareOAuthDetector
    from detect_secrets.plugins.stripe import StripeDetector
    from detect_secrets.plugins.twilio import TwilioKeyDetector

    return tuple(
        pattern
        for detector in (
            *(AWSKeyDetector, AzureStorageKeyDetector, DiscordBotTokenDetector),
            *(GitHubTokenDetector, IbmCloudIamDetector, IbmCosHmacDetector),
            *(JwtTokenDetector, MailchimpDetector, NpmDetector, SendGridDetector),
            *(SlackDetector, SquareOAuthDetector, StripeDetector, TwilioKeyDetector),
        )
        for pattern in detector().denylist
    )


@cache
def _randomness() -> tuple[Callable[[str], float], float]:
    """The library's measure of a value's randomness, and from where on it means a key."""
    # Imported when first needed, like its patterns.
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    detector = Base64HighEntropyString()
    return detector.calculate_shannon_entropy, detector.entropy_limit
