"""Everything that is rendered, with the worst that people can type: limits, exactness, silence."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.blocks import (
    bundle,
    card,
    declare,
    forms,
    home,
    incident,
    lists,
    notices,
    oncall,
    override,
    page,
    publish,
    remarks,
    resolve,
    simple,
    timeline,
)
from bot.blocks import update as update_form
from bot.blocks.text import Rendered, escape
from core.cover_ahead import Turn
from core.duties import OwnShift
from core.errors import NoPublicSurface
from core.facts import IncidentFacts
from core.key_facts import KeyLine
from core.leaks import Leak, LeakKind
from core.messages import Page
from core.pacing import BUNDLE_MAX
from core.preview import Preview, PreviewStep
from core.public_surface import Covering
from core.remarks import DutyChanged, TrialPage
from core.targets import OnDuty, Target
from core.updates import PublicForesight
from sandbox.blockkit import characters, check_blocks
from sandbox.rendered import pinged
from storage.limits import TITLE_MAX
from storage.vocabulary import Channel, Role, Status
from tests.bot.test_blocks import (
    BOB,
    LONG,
    NAME,
    NOTICES,
    NOW,
    STATES,
    TITLE,
    WHYS,
    entries,
    hostile,
    incident_facts,
    seen,
    update_facts,
)
from tests.bot.test_blocks_bundle import bundled
from tests.bot.views import faults_of

ZONE = "America/Argentina/Buenos_Aires"
CROWD = OnDuty(UUID(int=5), NAME, ZONE, (Target(BOB, WHYS[0]),) * 50)
PAGES = tuple(Covering(UUID(int=n), "a" * 63, NAME[:100]) for n in range(60, 100))
LEAKS = tuple(Leak(LeakKind.HOST, NAME[:60], f"“{NAME[:60]}” looks odd.") for _ in range(10))
FORESEEN = PublicForesight(LONG, Status.IDENTIFIED, PAGES, LEAKS, "a1b2")
KEYS = [KeyLine(BOB.id, NAME, Role.ADMIN, NOW, NOW, NOW, expired=True)] * 2_000
NOBODY = OnDuty(UUID(int=6), NAME, ZONE, ())


def _home(found: list[IncidentFacts], turned: home.Turned) -> home.HomeFacts:
    shift = OwnShift(UUID(int=5), NAME, ZONE, NAME, 0, False, NOW, NOW + timedelta(days=1))
    some = bool(found)
    return home.HomeFacts(
        member_id=BOB.id,
        timezone="Asia/Tokyo",
        now=NOW,
        waiting=found,
        waits=len(found),
        owned=[replace(one, id=UUID(int=99)) for one in found],
        shifts=[shift] * 40 * some,
        on_duty=[CROWD] * home.SCHEDULES_SHOWN * some,
        schedules=500 * some,
        open_incidents=found[: home.OPEN_SHOWN],
        open=len(found),
        channels=tuple(Channel)[::2],
        email=f"{NAME}@example.com",
        keys=KEYS if found else [],
        turned=turned,
        said=LONG if found else None,
    )


def _override(trouble: str | None) -> dict[str, Any]:
    form = override.OverrideForm(str(UUID(int=1)), "U1", NOW, NOW)
    return override.override_modal(
        form,
        [(str(UUID(int=each)), NAME) for each in range(300)],
        timezone=ZONE,
        reader="Asia/Tokyo",
        turns=[Turn(NAME, NOW, NOW, is_new=True)] * 99,
        trouble=trouble,
        ahead=[override.Ahead(UUID(int=each), NAME, NOW, NOW) for each in range(99)],
    )


def _messages() -> Iterator[tuple[str, Callable[[], Rendered]]]:
    for state, changes in STATES.items():
        facts = hostile(**changes)
        yield f"card {state}", lambda facts=facts: card.card(facts)
        yield f"show {state}", lambda facts=facts: incident.incident_message(facts)
        for why, round in itertools.product(WHYS, (0, 1)):
            yield (
                f"page {state} {why.kind} round {round}",
                lambda facts=facts, why=why, round=round: page.page(
                    facts, Page(why, 1, 2), round, BOB, now=NOW, dashboard_url="https://x.test/12"
                ),
            )
        for number, message in enumerate(NOTICES):
            yield (
                f"notice {number} {message.type} {state}",
                lambda facts=facts, message=message: notices.notice(
                    facts, message, update_facts(body=LONG, posted_by=NAME)
                ),
            )
    yield "open incidents", lambda: lists.open_incidents([hostile()] * 500, 500)
    yield "no open incidents", lambda: lists.open_incidents([], 0)
    for at in (None, NOW):
        yield (
            f"on call {at}",
            lambda at=at: oncall.on_call([CROWD] * 99, at=at, reader="Asia/Tokyo"),
        )
        yield f"nobody on call {at}", lambda at=at: oncall.on_call([NOBODY] * 99, at=at)
        yield f"no schedules {at}", lambda at=at: oncall.on_call([], at=at)
    for change, covers in itertools.product(("made", "changed", "removed"), (True, False)):
        said = DutyChanged(change, covers, NAME, ZONE, NAME, NAME, (NAME,) * 50, NOW, NOW)
        yield f"duty {change} {covers}", lambda said=said: remarks.remark(said, BOB)
    yield "trial page", lambda: remarks.remark(TrialPage(NOW), BOB)
    yield "help", lambda: lists.help_text("/incident")
    yield "refusal", lambda: simple.refusal(LONG)
    for state in (None, "acknowledged", "handed off", "resolved"):
        for title in (TITLE, "&" * TITLE_MAX, "😀" * TITLE_MAX, "Disk is full"):
            told = bundled([title] * BUNDLE_MAX, unwanted=state, acknowledged_by=NAME)
            yield f"bundle {title[:9]} {state}", lambda told=told: bundle.bundle(told, BOB)


def _views() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    everything = entries()
    for state, changes in STATES.items():
        facts = hostile(**changes)
        yield (
            f"incident {state}",
            lambda facts=facts: incident.incident_view(
                facts, everything, dashboard_url="https://x.test/12"
            ),
        )
        yield f"hand off {state}", lambda facts=facts: forms.hand_off_modal(facts, person="U1")
        yield f"severity {state}", lambda facts=facts: forms.severity_modal(facts)
        for visibility in ("internal", "public", "unknown"):
            form = update_form.UpdateForm(LONG, "identified", visibility)
            yield (
                f"update {state} {visibility}",
                lambda facts=facts, form=form: update_form.update_modal(facts, form),
            )
            yield (
                f"preview {state} {visibility}",
                lambda facts=facts, form=form: update_form.update_modal(
                    facts, form, foresight=FORESEEN, public_url="https://x.test"
                ),
            )
            yield (
                f"surface {state} {visibility}",
                lambda facts=facts, form=form: update_form.update_modal(
                    facts,
                    form,
                    surface=publish.surface((), NoPublicSurface(LONG), None, facts.id),
                ),
            )
        for foresight in (None, FORESEEN):
            last = resolve.ResolveForm(LONG, LONG)
            yield (
                f"resolve {state} {foresight is None}",
                lambda facts=facts, last=last, foresight=foresight: resolve.resolve_modal(
                    facts, last, PAGES, foresight=foresight, public_url="https://x.test"
                ),
            )
    yield "incident without anything", lambda: incident.incident_view(incident_facts(pages=()), ())
    for number in range(40):
        yield (
            f"timeline page {number}",
            lambda number=number: timeline.timeline_view(
                hostile(), everything, now=NOW, page=number
            ),
        )
    yield "empty timeline", lambda: timeline.timeline_view(hostile(), (), now=NOW)
    told = declare.consequence(
        Preview(tuple(PreviewStep(5 * each, each + 1, (NAME,) * 9) for each in range(30)), 150)
    )
    form = declare.DeclareForm(TITLE + "x", "low", LONG, str(UUID(int=150)), "UBOB")
    for count in (0, 1, 100, 101, 200, 12_000):
        known = [(str(UUID(int=each)), NAME) for each in range(count)]
        yield f"declare {count}", lambda known=known: declare.declare_modal(form, known, told)
    yield "declare bare", lambda: declare.declare_modal(declare.DeclareForm(), [], None)
    for count in (1, 500):
        found = [hostile(id=UUID(int=each + 1)) for each in range(count)]
        yield (
            f"add to timeline {count}",
            lambda found=found: forms.add_to_timeline_modal(found, LONG),
        )
    yield "home", lambda: home.home(_home([hostile()] * 500, home.Turned(3, 7)))
    yield "empty home", lambda: home.home(_home([], home.Turned()))
    for trouble in (LONG, None):
        yield f"override {bool(trouble)}", lambda trouble=trouble: _override(trouble)
    yield "loading", lambda: simple.loading_view(TITLE)
    yield "message", lambda: simple.message_view(TITLE, LONG)
    yield "working", lambda: simple.working_view(forms.severity_modal(hostile()))


MESSAGES = dict(_messages())
VIEWS = dict(_views())
LOUD = ("layer_unstaffed", "exhausted", "nobody_paged", "page_failed")
TITLED = [
    name
    for name in MESSAGES
    if name.startswith(("card", "show", "page", "open"))
    or (name.startswith("notice") and name.split()[2] in LOUD)
]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_keeps_slacks_limits_whatever_was_typed(name: str) -> None:
    rendered = MESSAGES[name]()
    assert check_blocks(rendered.blocks, "message") == []
    assert characters(rendered.blocks) <= 13_000
    assert 0 < len(rendered.text) <= 4_000


@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_pings_anybody_because_of_what_was_typed(name: str) -> None:
    rendered = MESSAGES[name]()
    assert pinged(rendered.text, rendered.blocks) == set()
    assert not any(sign in rendered.text for sign in ("<!channel", "<!here", "<!everyone", "<@"))


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_keeps_slacks_limits_and_pings_nobody(name: str) -> None:
    in_any_form = ["too many bytes"] if name == "declare 12000" else []  # so many schedules are
    assert faults_of(VIEWS[name]()) == in_any_form


@pytest.mark.parametrize("name", TITLED)
def test_a_title_is_shown_as_exactly_its_characters(name: str) -> None:
    rendered = MESSAGES[name]()
    assert TITLE in seen(rendered)
    assert escape(TITLE) in rendered.text
    assert TITLE in rendered.plain


@pytest.mark.parametrize("view", ["incident", "hand off", "severity", "update"])
@pytest.mark.parametrize("state", STATES)
def test_a_title_is_shown_exactly_in_a_view(view: str, state: str) -> None:
    name = f"{view} {state}" + (" internal" if view == "update" else "")
    assert TITLE in seen(VIEWS[name]())


@pytest.mark.parametrize("name", ["timeline page 0", "empty timeline", "home"])
def test_a_title_is_shown_exactly_in_lists(name: str) -> None:
    assert TITLE in seen(VIEWS[name]())


@pytest.mark.parametrize("name", [*MESSAGES, *VIEWS])
def test_typed_text_is_never_escaped_twice(name: str) -> None:
    rendered = MESSAGES[name]() if name in MESSAGES else VIEWS[name]()
    assert "&lt;" not in seen(rendered)
    assert "&amp;" not in seen(rendered).replace(TITLE[:60], "")
