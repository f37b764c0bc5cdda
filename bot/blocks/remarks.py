"""What is told apart from any incident: whose duty changed, and what it is now."""

from bot.blocks import ids
from bot.blocks.build import actions, button, context, exact, mrkdwn, section
from bot.blocks.text import Block, Rendered, cut, escape, fallback, name
from bot.blocks.times import both, in_zone, on_readers_clock
from core.people import Person
from core.remarks import CoverageTold, DutyChanged, Remark, ToldFinding, TrialPage


def remark(said: Remark, reader: Person | None) -> Rendered:
    """What is said, to whoever it is said to; to the team where there is no reader."""
    if isinstance(said, CoverageTold):
        return _coverage_told(said)
    if isinstance(said, TrialPage):
        return _trial_page()
    assert reader is not None  # noqa: S101  (what changes a duty is told to somebody)
    return _duty_changed(said, reader)


def _trial_page() -> Rendered:
    text = (
        "🧪 This is a test page: pages reach you here. A real one has an Acknowledge button, and "
        "if you don't press it in time, the next layer is paged."
    )
    return Rendered(text, [section(text)])


def _coverage_told(said: CoverageTold) -> Rendered:
    count = "1 new finding" if said.new == 1 else f"{said.new:,} new findings"
    headline = f"🗓️ Coverage for the next 30 days: {count}."
    rows = [row for one in said.told for row in _finding(one)]
    left = said.new - len(said.told)
    every = button("Show all" if left > 0 else "Open", ids.COVERAGE_OPEN, "0")
    more = [context(mrkdwn(f"and {left:,} more that are new"))] if left > 0 else []
    return Rendered(
        fallback(f"{headline} {said.told[0].said}"),
        [exact(headline), *rows, *more, *actions([every])],
    )


def _finding(one: ToldFinding) -> list[Block]:
    told = exact(f"⚠️ {cut(one.said, 900)}\n{cut(one.to_do, 900)}")
    span = on_readers_clock(one.start_at, one.end_at)
    return [told, context(mrkdwn(span))] if span else [told]


def _duty_changed(remark: DutyChanged, reader: Person) -> Rendered:
    mark = "↩️" if remark.change == "removed" else "📅"
    told = f"{mark} {remark.told_to(reader.name, name)}:"
    span = (
        f"{both(remark.start_at, remark.timezone, reader=reader.timezone)} – "
        f"{both(remark.end_at, remark.timezone, reader=reader.timezone)}"
    )
    arranged = "" if remark.by == reader.name else f"\n{escape(name(remark.by))} arranged this."
    plain = (
        f"{told} {in_zone(remark.start_at, reader.timezone)} – "
        f"{in_zone(remark.end_at, reader.timezone)}"
    )
    return Rendered(fallback(plain), [section(f"{escape(told)}\n{span}{arranged}")])
