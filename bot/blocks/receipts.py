"""A page's receipt in two lines: who, through what and why; then how it went and what ended it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.blocks import words
from bot.blocks.build import context, mrkdwn, plain
from bot.blocks.text import Block, cut, escape, name, until, when
from core.receipts import Attempt, PageReceipt
from core.targets import Why
from storage.vocabulary import DeliveryState

PAGES_SHOWN = 10
ERROR_SHOWN = 120

_SIGNS = {
    DeliveryState.PENDING: "⏳",
    DeliveryState.SENT: "📟",
    DeliveryState.SUPERSEDED: "🕊️",
    DeliveryState.FAILED: "❌",
}


def receipts(pages: Sequence[PageReceipt]) -> Iterator[Block]:
    """The receipts, the newest first, as many as a view has room for."""
    for page in pages[: -PAGES_SHOWN - 1 : -1]:
        yield receipt(page)
    if (left := len(pages) - PAGES_SHOWN) > 0:
        yield context(plain(f"and {left:,} earlier pages: see the timeline"))


def receipt(page: PageReceipt) -> Block:
    """One page's receipt."""
    layer = f" · layer {page.layer}" if page.layer else ""
    who = f"{escape(name(page.person))}{layer} · {words.channel(page.channel)}"
    first = f"{_SIGNS[page.state]} *{who}* · {_why(page.why)}"
    return context(mrkdwn("\n".join([first, _course(page)])))


def _why(why: Why) -> str:
    match why.kind:
        case "schedule":
            instead = f", overriding {escape(name(why.overriding))}" if why.overriding else ""
            rotation = f" ({escape(name(why.rotation_layer))})" if why.rotation_layer else ""
            schedule = escape(name(why.schedule))
            return f"on call for {schedule}{rotation}{until(why.until)}{instead}"
        case "handoff":
            return f"handed off by {escape(name(why.by))}"
        case "owner":
            return "named as the owner"
        case "last_resort":
            return "the last resort"
        case _:
            return "named in the policy"


def _course(page: PageReceipt) -> str:
    told = [_outcome(page)]
    if page.state is not DeliveryState.SUPERSEDED and len(page.attempts) > 1:
        told.append(f"try {len(page.attempts)}: {_tries(page.attempts)}")
    if page.stop:
        told.append(f"{page.stop.reason} by {escape(name(page.stop.by))} {when(page.stop.at)}")
    return " · ".join(told)


def _outcome(page: PageReceipt) -> str:
    match page.state:
        case DeliveryState.SENT:
            took = _seconds(page.latency) if page.latency is not None else "?"
            others = page.together_with
            beside = (
                f", in one message with {others:,} {'others' if others > 1 else 'other'}"
                if others
                else ""
            )
            return f"sent {when(page.sent_at)}, {took} after it was decided{beside}"
        case DeliveryState.SUPERSEDED:
            why = escape(page.superseded or "not sent: nobody needed it any more")
            return f"decided {when(page.committed_at)}, {why}"
        case DeliveryState.FAILED:
            return f"could not be sent: {escape(cut(page.error or 'unknown error', ERROR_SHOWN))}"
        case _:
            return f"being sent since {when(page.committed_at)}"


def _tries(attempts: Sequence[Attempt]) -> str:
    faults = [one for one in attempts if one.error]
    if not faults:
        return "none failed"
    error = escape(cut(faults[-1].error or "", ERROR_SHOWN))
    return f"{len(faults)} failed, last with “{error}”"


def _seconds(span: timedelta) -> str:
    seconds = max(span.total_seconds(), 0)
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
