"""The judges: each knows one sentence of the promise, and says where a history breaks it.

They are numbered and named as in docs/promise.md. They judge by what the servers outside really
received, by the order and instants of real commits, and by the trail; never by what the product
believes of itself alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from prove import judges_of_time
from prove.history import History
from prove.judge_of_last_resort import is_of_last_resort, last_resort
from prove.trail import Story, tell
from storage.vocabulary import (
    AuditType,
    Channel,
    DeliveryKind,
    DeliveryState,
    EscalationState,
    Status,
)


@dataclass(frozen=True)
class Violation:
    """A sentence of the promise, and how a history broke it."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


Judge = Callable[[History], Iterator[str]]


def judge(history: History) -> list[Violation]:
    """Everything that the promise forbids and the history holds; empty if it was kept."""
    return [Violation(rule, what) for rule, held in JUDGES.items() for what in held(history)]


def ended(history: History) -> Iterator[str]:
    """Every committed page is delivered, superseded with a reason, or failed out loud."""
    arrived = Counter(post.delivery_id for post in history.world.slack.posts)
    letters = Counter(post.delivery_id for post in history.world.mail.posts)
    for one in history.deliveries:
        if one.kind is not DeliveryKind.PAGE:
            continue
        there = (letters if one.channel is Channel.MAIL else arrived)[one.id]
        name = _page(history, one)
        if one.state is DeliveryState.SENT and not there:
            yield f"{name} is said to be sent, and never arrived"
        elif one.state is DeliveryState.SUPERSEDED and not one.ended_reason:
            yield f"{name} was superseded without a reason"
        elif one.state in (DeliveryState.SUPERSEDED, DeliveryState.FAILED) and arrived[one.id]:
            yield f"{name} is said to be {one.state}, and arrived"


def settled(history: History) -> Iterator[str]:
    """When the faults stop, everything comes to its end."""
    for one in history.deliveries:
        if one.state is DeliveryState.PENDING:
            yield f"{_page(history, one)} is still pending: {one.last_error}"
        elif one.due_at is not None:
            yield f"{_page(history, one)} is still not up to date"
    for incident in history.incidents.values():
        if incident.next_escalation_at is not None:
            yield f"#{incident.number} still waits for a layer"
    known = history.incidents.keys()
    for deed in history.world.everybody.deeds:
        if deed.incident_id not in known:
            yield f"“{deed.what}” was committed, and is gone"


def once(history: History) -> Iterator[str]:
    """Nothing is sent twice. (A letter may be, under one Message-ID.)"""
    arrived = Counter(post.delivery_id for post in history.world.slack.posts)
    for one in history.deliveries:
        if arrived[one.id] > 1:
            yield f"{_page(history, one)} arrived {arrived[one.id]} times"
    letters = defaultdict(set)
    for post in history.world.mail.posts:
        letters[post.delivery_id].add(post.message_id)
    sent = {one.id for one in history.deliveries if one.state is DeliveryState.SENT}
    for one in history.deliveries:
        if len(letters[one.id]) > 1 and letters[one.id] <= sent:
            yield f"{_page(history, one)} was in letters with different Message-IDs"


def once_each(history: History) -> Iterator[str]:
    """A person is paged once for a layer of a round, through each channel."""
    pages = Counter(
        (one.incident_id, one.round, _occasion(one), one.member_id, one.channel)
        for one in history.deliveries
        if one.kind is DeliveryKind.PAGE
    )
    for (incident_id, round, occasion, member_id, channel), count in pages.items():
        if count > 1:
            number = history.incidents[incident_id].number
            yield (
                f"#{number}: {_name(history, member_id)} was paged {count} times for {occasion} "
                f"in round {round} by {channel}"
            )


def _occasion(page: Any) -> str:
    return "the last resort" if is_of_last_resort(page) else f"layer {page.layer}"


def loud(history: History) -> Iterator[str]:
    """What nobody may overlook is on the trail and in the alerts channel."""
    told = Counter((post.incident_id, post.message.type) for post in history.world.slack.posts)
    wanted: dict[tuple[UUID, str], set[object]] = {}
    for event in history.trail:
        data = event.data
        match event.type:
            case AuditType.ESCALATION_EXHAUSTED:
                wanted.setdefault((event.incident_id, "exhausted"), set()).add(data["round"])
            case AuditType.LAYER_UNSTAFFED:
                key = (data["round"], data["layer"])
                wanted.setdefault((event.incident_id, "layer_unstaffed"), set()).add(key)
            case AuditType.NOBODY_PAGED:
                wanted.setdefault((event.incident_id, "nobody_paged"), set()).add("declared")
            case AuditType.LAST_RESORT_PAGED if not data["targets"]:
                key = data["round"]
                wanted.setdefault((event.incident_id, "last_resort_unstaffed"), set()).add(key)
            case AuditType.DELIVERY_FAILED if data["kind"] == "page":
                key = data["deliveryId"]
                wanted.setdefault((event.incident_id, "page_failed"), set()).add(key)
    if not history.plan.alerts:
        wanted.clear()
    for (incident_id, kind), occasions in wanted.items():
        if told[incident_id, kind] < len(occasions):
            number = history.incidents[incident_id].number
            said = told[incident_id, kind]
            yield f"#{number}: {kind} happened {len(occasions)} times and was said {said} times"
    exhausted = {one.incident_id for one in history.trail
                 if one.type is AuditType.ESCALATION_EXHAUSTED}  # fmt: skip
    for incident in history.incidents.values():
        if incident.escalation_state is EscalationState.EXHAUSTED and incident.id not in exhausted:
            yield f"#{incident.number} is exhausted, and the trail does not say so"


def told_by_the_trail(history: History) -> Iterator[str]:
    """The trail alone tells who was paged when, through what, and why it stopped."""
    for incident in history.incidents.values():
        story = tell(one for one in history.trail if one.incident_id == incident.id)
        number = incident.number
        kept = Counter(
            (one.id.hex, one.member_id.hex, one.channel.value, one.layer, one.round, one.state)
            for one in history.deliveries
            if one.incident_id == incident.id and one.kind is DeliveryKind.PAGE
            if one.state is not DeliveryState.PENDING
        )
        told = Counter(
            (_hex(one.delivery_id), _hex(one.member_id), one.channel, one.layer, one.round,
             DeliveryState(one.ending))
            for one in story.pages
        )  # fmt: skip
        for page, count in (kept - told).items():
            yield f"#{number}: the trail does not tell of {page[2:]} ({count})"
        for page, count in (told - kept).items():
            yield f"#{number}: the trail tells of {page[2:]}, which is not so ({count})"
        yield from _asked(history, incident.id, number, story)
        yield from _stopped(incident, story)


def _asked(history: History, incident_id: object, number: int, story: Story) -> Iterator[str]:
    channels = {"slack_dm", "mail"} if history.plan.mail else {"slack_dm"}
    asked = {
        (_hex(one.member_id), one.layer, one.round, channel)
        for one in story.asked
        for channel in channels
    }
    paged = {
        (one.member_id.hex, one.layer, one.round, one.channel.value)
        for one in history.deliveries
        if one.incident_id == incident_id and one.kind is DeliveryKind.PAGE
    }
    for who in sorted(asked - paged, key=str):
        yield f"#{number}: the trail says that {who} was to be paged, and no page was made"
    for who in sorted(paged - asked, key=str):
        yield f"#{number}: {who} was paged, and the trail does not say why"


def _stopped(incident: Row[Any], story: Story) -> Iterator[str]:
    state, number = incident.escalation_state, incident.number
    believed = {
        EscalationState.ACKNOWLEDGED: "acknowledged",
        EscalationState.EXHAUSTED: "exhausted",
        EscalationState.STOPPED: "resolved",
    }.get(state)
    layers = incident.escalation_layers
    if layers and believed and story.stopped != believed:
        yield f"#{number} is {believed}, and the trail says {story.stopped}"
    resolved = incident.status is Status.RESOLVED
    if resolved and story.stopped != "resolved":
        yield f"#{number} is resolved, and the trail says {story.stopped}"


def no_fault_of_ours(history: History) -> Iterator[str]:
    """Nothing stumbles, whatever the world does."""
    yield from (one for one in history.faults if "Unavailable" not in one)


def _page(history: History, one: Row[Any]) -> str:
    number = history.incidents[one.incident_id].number
    whom = _name(history, one.member_id)
    kind = one.kind
    what = one.message.get("type")
    layer = one.layer
    about = f" for {whom} (layer {layer})" if whom else ""
    return f"the {kind} {what!r} of #{number}{about}"


def _name(history: History, member_id: UUID | None) -> str | None:
    return dict(history.stage.members).get(member_id) if member_id else None


def _hex(id: str) -> str:
    return id.replace("-", "")


JUDGES: dict[str, Judge] = {
    "1 ended": ended,
    "2 once": once,
    "3 due": judges_of_time.due,
    "4 stopped": judges_of_time.stopped,
    "5 in order": judges_of_time.in_order,
    "6 once each": once_each,
    "7 loud": loud,
    "8 nothing stale": judges_of_time.nothing_stale,
    "9 told by the trail": told_by_the_trail,
    "10 settled": settled,
    "11 no fault of ours": no_fault_of_ours,
    "12 last resort": last_resort,
    "13 one time": judges_of_time.one_time,
}
