"""What is said once in the thread of a card, and loudly where nobody would hear it otherwise."""

from bot.blocks import ids, progress, words
from bot.blocks.build import exact, long_text, section
from bot.blocks.controls import controls
from bot.blocks.text import Block, Rendered, cut, fallback, name, names
from core import messages
from core.facts import IncidentFacts, UpdateFacts

BODY_SHOWN = 5_800
"""How much of an update a message shows: well below what Slack takes of one message."""

ERROR_SHOWN = 300
REMOVED = "This update has been removed."


def notice(facts: IncidentFacts, message: messages.Notice, update: UpdateFacts | None) -> Rendered:
    """A notice as it reads now; `update` is what an UpdatePosted speaks of."""
    if isinstance(message, messages.UpdatePosted):
        return _posted(facts, update)
    sentence = _sentence(facts, message)
    text = fallback(f"{sentence} · {words.headline(facts)}")
    if isinstance(message, messages.LOUD):
        return Rendered(text, _loud(facts, sentence), broadcast=True)
    return Rendered(text, [exact(sentence)])


def update_line(update: UpdateFacts) -> str:
    """Who posted an update and what it changed, in one line that is not escaped."""
    who = name(update.posted_by)
    readers = " · for customers" if update.public else ""
    if update.status_change:
        return f"{words.transition(update.status_change)}{readers} · {who}"
    return f"📣 Public update · {who}" if update.public else f"💬 Update · {who}"


def _posted(facts: IncidentFacts, update: UpdateFacts | None) -> Rendered:
    if update is None:
        return Rendered(fallback(f"{REMOVED} · {words.headline(facts)}"), [exact(REMOVED)])
    line = update_line(update)
    body = REMOVED if update.redacted else update.body or ""
    told = f"{line}: {cut(body, 200)}" if body else line
    return Rendered(
        fallback(f"{told} · {words.reference(facts)}"),
        [exact(line), *long_text(body, BODY_SHOWN)],
    )


def _loud(facts: IncidentFacts, sentence: str) -> list[Block]:
    """An alarm seen in the channel, where no card stands above it; it calms down by itself."""
    calm = facts.resolved or facts.acknowledged
    return [
        exact(sentence),
        exact(words.headline(facts)),
        *([section(progress.sentence(facts))] if calm else []),
        *controls(facts, ids.ACKNOWLEDGE, ids.HAND_OFF, ids.VIEW),
    ]


def _sentence(facts: IncidentFacts, message: messages.Notice) -> str:
    match message:
        case messages.LayerPaged(layer, layers, people):
            return f"📟 Layer {layer} of {layers}: paging {names(people, 8)}."
        case messages.Acknowledged(by):
            stopped = " The clock has stopped." if facts.layers else ""
            return f"👀 {name(by)} acknowledged this.{stopped}"
        case messages.HandedOff(by, to, previous):
            return _handed_off(by, to, previous)
        case messages.SeverityChanged(by, before, after):
            change = f"{words.severity(before)} → {words.severity(after)}"
            return f"🎚️ {name(by)} changed the severity: {change}."
        case messages.LayerUnstaffed(layer, target):
            return (
                f"🚨 Nobody is on call for layer {layer} ({name(target)}). It was skipped. "
                "Fix it in /incident schedules or /incident policies."
            )
        case messages.Exhausted():
            policy = f"The policy {name(facts.policy)}" if facts.policy else "The escalation policy"
            return (
                f"🚨 Nobody acknowledged #{facts.number}. {policy} is exhausted. "
                "Acknowledge it or hand it off now."
            )
        case messages.NobodyPaged():
            return (
                f"🚨 #{facts.number} pages nobody: nobody is on call for it. "
                "Acknowledge it or hand it off now."
            )
        case messages.LastResortPaged(people):
            return f"🛟 The last resort is being paged: {names(people, 8)}."
        case messages.LastResortUnstaffed():
            return (
                f"🚨 The last resort pages nobody either. Nobody knows of #{facts.number}: "
                "acknowledge it or hand it off now."
            )
        case messages.PageFailed(person, channel, error):
            return (
                f"🚨 {name(person)} can't be paged through {words.channel(channel)}: "
                f"{cut(error, ERROR_SHOWN) or 'unknown error'}. "
                "Reach them another way, or hand it off."
            )
        case messages.Stumbled(error):
            return (
                f"🚨 The next layer of #{facts.number} could not be paged: "
                f"{cut(error, ERROR_SHOWN) or 'unknown error'}. It is tried again every minute. "
                "Acknowledge it, or reach somebody yourself."
            )
        case messages.CopyLeft(error):
            return (
                "🚨 A text that was removed still stands in Slack, in the thread of "
                f"#{facts.number}: {cut(error, ERROR_SHOWN) or 'unknown error'}. "
                "Delete that message by hand."
            )
    raise TypeError(message)


def _handed_off(by: str, to: str, previous: str | None) -> str:
    if by == to:
        taken = f" from {name(previous)}" if previous else ""
        return f"🤝 {name(to)} took this over{taken}."
    before = f" It was {name(previous)}'s." if previous and previous != by else ""
    return f"🤝 {name(by)} handed this to {name(to)}.{before}"
