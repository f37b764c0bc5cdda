"""What a letter says: in each state of an incident, to each reader, whatever somebody typed."""

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from core import messages
from core.facts import NextStep
from core.people import Person
from core.remarks import Change, DutyChanged
from core.targets import Why
from mail import letters, words
from mail.letters import Letter
from storage.limits import DESCRIPTION_MAX, TITLE_MAX
from storage.vocabulary import EscalationState, Severity
from tests.bot import test_blocks
from tests.bot.test_blocks import NOW, incident_facts

ON_CALL = Why("schedule", schedule="Payments", until=NOW + timedelta(days=1), overriding="Bea")
BOB, CAROL, DAVE = (
    replace(person, timezone=zone)
    for person, zone in (
        (test_blocks.BOB, "Europe/Berlin"),
        (test_blocks.CAROL, "America/New_York"),
        (test_blocks.DAVE, "Asia/Tokyo"),
    )
)
LINK = "https://tocsin.example.com/mail/acknowledge/abc.def"
HOSTILE = "</b><script>alert('x')</script>\r\nBcc: all@example.com\u202e\x00 <!channel> 🔥 \ud83d"


def letter(
    person: Person = BOB,
    why: Why = ON_CALL,
    paged_at: int | None = 1,
    link: str | None = LINK,
    **changes: object,
) -> Letter:
    page = messages.Page(why, paged_at, 2)
    return letters.page(incident_facts(**changes), page, person, now=NOW, link=link)


class _Reader(HTMLParser):
    """What a mail program shows of HTML, and which tags it met."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def test_the_subject_fits_a_lock_screen() -> None:
    assert letter().subject == "Critical #12: Checkout is down"


def test_it_begins_with_what_is_to_be_done_and_who_is_next() -> None:
    assert letter().text.splitlines()[0] == (
        "This needs you. Carol is next (layer 2), in 5 min (Sat 21 Nov, 13:05 CET)."
    )


def test_it_says_what_why_and_how_to_acknowledge() -> None:
    assert letter(owner=BOB).text.split("\n\n")[1:] == [
        "Critical #12: Checkout is down",
        f"Acknowledge:\n{LINK}",
        "You are on call for Payments until Sun 22 Nov, 13:00 CET, overriding Bea.",
        "Severity: Critical\n"
        "Status:   Investigating\n"
        "Layer:    1 of 2\n"
        "Owner:    you\n"
        "Declared: by Alice, Sat 21 Nov, 12:50 CET",
        "> Every payment fails.",
        "The link asks you to confirm, works once, and for 7 days. It is yours: whoever has it can "
        "acknowledge in your name.",
        "Or in Slack press Acknowledge in Tocsin's message, or type /incident ack 12.\n",
    ]


def test_html_and_plain_text_say_the_same() -> None:
    said = letter()
    shown = " ".join(" ".join(read(said.html).shown).split())
    for line in said.text.splitlines():
        for part in line.lstrip("> ").replace(LINK, "").split(": ", 1):
            assert " ".join(part.split()).rstrip(":") in shown


def test_html_loads_nothing_and_has_one_link() -> None:
    reader = read(letter().html)
    assert reader.links == [LINK]
    assert reader.tags.isdisjoint({"script", "img", "link", "iframe", "style", "form", "svg"})


def test_without_a_link_it_says_how_to_acknowledge_in_slack() -> None:
    said = letter(link=None)
    assert "http" not in said.text
    assert read(said.html).links == []
    assert said.text.endswith(
        "To acknowledge, in Slack press Acknowledge in Tocsin's message, or type "
        "/incident ack 12.\n"
    )


@pytest.mark.parametrize(
    ("why", "layer", "sentence"),
    [
        (Why("handoff", by="Dave"), 2, "Dave handed this to you."),
        (Why("owner"), None, "You were named as the owner."),
        (Why("last_resort"), None, "You are the last resort: nobody else took this."),
        (Why("users"), 2, "You are named in layer 2 of the escalation policy."),
        (Why("users"), None, "You are named in this layer of the escalation policy."),
        (Why("schedule", schedule="Payments"), 1, "You are on call for Payments."),
        (
            Why("schedule", schedule="Payments", until=NOW.replace(year=9999)),
            1,
            "You are on call for Payments.",
        ),
    ],
)
def test_it_says_why_somebody_is_paged(why: Why, layer: int | None, sentence: str) -> None:
    assert sentence in letter(why=why, paged_at=layer).text.split("\n")


@pytest.mark.parametrize(
    ("changes", "opening"),
    [
        (
            {"layer": 2, "next_step": NextStep(NOW + timedelta(hours=1), 3, ("Dave", "Eve"))},
            "Nobody acknowledged at layer 1, so layer 2 was paged. Dave and Eve are next "
            "(layer 3), in 1 h (Sat 21 Nov, 14:00 CET).",
        ),
        (
            {"next_step": NextStep(NOW + timedelta(minutes=90), None, ())},
            "This needs you. Nobody is next: the policy is exhausted in 1 h 30 min "
            "(Sat 21 Nov, 14:30 CET).",
        ),
        (
            {"next_step": NextStep(NOW - timedelta(minutes=1), 2, ("Carol",))},
            "This needs you. Carol is next (layer 2), now (Sat 21 Nov, 12:59 CET).",
        ),
        ({"next_step": None}, "This needs you. Nobody else is paged."),
        (
            {"next_step": None, "escalation_state": EscalationState.EXHAUSTED},
            "Nobody acknowledged. Everybody in the policy has been paged.",
        ),
    ],
)
def test_it_says_what_comes_next(changes: dict[str, object], opening: str) -> None:
    assert letter(**changes).text.splitlines()[0] == opening


def test_times_are_in_the_readers_own_zone() -> None:
    assert "07:05 EST" in letter(CAROL).text
    assert "21:05 JST" in letter(DAVE).text
    odd = Person(BOB.id, "Bob", None, "Asia/Dubai")
    assert "16:05 UTC+04" in letter(odd).text


@pytest.mark.parametrize("zone", ["", "Nowhere/At_All", "../../etc/passwd", "UTC"])
def test_a_zone_that_is_none_is_utc(zone: str) -> None:
    assert "12:05 UTC" in letter(Person(BOB.id, "Bob", None, zone)).text


def test_what_somebody_typed_is_only_text() -> None:
    said = letter(title=HOSTILE, description=HOSTILE, created_by=HOSTILE)
    clean = "</b><script>alert('x')</script> Bcc: all@example.com <!channel> 🔥"
    assert said.subject == f"Critical #12: {clean}"
    assert read(said.html).tags.isdisjoint({"script", "b"})
    assert clean in " ".join(read(said.html).shown)
    for part in (said.subject, said.text, said.html):
        part.encode()
        assert "\r" not in part
        assert not {"\u202e", "\x00"} & set(part)
    assert "> </b><script>alert('x')</script>\n> Bcc: all@example.com" in said.text


def test_a_title_as_long_as_can_be_is_not_cut() -> None:
    title = "🔥" * TITLE_MAX
    assert letter(title=title).subject == f"Critical #12: {title}"


def test_of_a_long_description_the_beginning_is_shown_and_how_much_is_left() -> None:
    said = letter(description="x" * DESCRIPTION_MAX)
    assert "> … (9,000 more characters)\n" in said.text
    assert len(said.text) < 2_500


def test_no_description_leaves_no_gap() -> None:
    assert "\n\n\n" not in letter(description=None).text
    assert "blockquote" not in letter(description="  \n ").html


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_is_named(severity: Severity) -> None:
    assert letter(severity=severity).subject.startswith(f"{severity.value.capitalize()} #12: ")


def test_that_slack_is_silent_is_said_with_the_last_error() -> None:
    message = messages.SlackSilent(NOW, "chat_postMessage:\r\nSlack answered 500")
    said = letters.slack_silent(incident_facts(), message, BOB)
    assert said.subject == "Tocsin can't reach Slack"
    assert said.text.startswith("Slack has taken no page since Sat 21 Nov, 13:00 CET.\n")
    assert "The last error: chat_postMessage: Slack answered 500\n" in said.text
    assert "#12 (Checkout is down)" in said.text


def test_that_slack_is_back_is_said_with_when_it_went_and_came() -> None:
    message = messages.SlackBack(NOW, NOW + timedelta(minutes=42))
    said = letters.slack_back(message, BOB)
    assert said.subject == "Tocsin reaches Slack again"
    assert said.text.startswith(
        "Slack has taken messages again since Sat 21 Nov, 13:42 CET; "
        "it had taken none since Sat 21 Nov, 13:00 CET.\n"
    )


def test_names_are_said_as_one_would_and_cut() -> None:
    assert words.names(()) == "nobody"
    assert words.names(("Ann", "Bea", "Cid", "Dee")) == "Ann, Bea, Cid and 1 more"
    assert words.name("x" * 300) == "x" * 79 + "…"
    assert words.name(" \n ") == "somebody"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 min"),
        (1.2, "2 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (1440, "1 d"),
        (1560, "1 d 2 h"),
    ],
)
def test_a_duration_counts_a_started_minute(minutes: float, said: str) -> None:
    assert words.duration(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("change", "covers", "said"),
    [
        ("made", True, "You cover Payments, in place of Bob"),
        ("removed", True, "You are no longer on call for Payments; Bob is again"),
        ("changed", False, "Carol now covers your time on Payments. You are off call"),
        ("removed", False, "Carol no longer covers for you: you are on call for Payments again"),
    ],
)
def test_whose_duty_changed_reads_what_it_is_now_on_their_own_clock(
    change: Change, covers: bool, said: str
) -> None:
    day = timedelta(days=1)
    changed = DutyChanged(
        change, covers, "Payments", "Europe/Berlin", "Alice", "Carol", ("Bob",), NOW, NOW + day
    )

    told = letters.duty_changed(changed, DAVE)

    assert told.subject == said
    assert said in told.text
    assert "Alice arranged this." in told.text
    assert f"From:  {words.when(NOW, 'Asia/Tokyo')}" in told.text
    assert f"Until: {words.when(NOW + day, 'Asia/Tokyo')}" in told.text
