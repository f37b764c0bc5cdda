"""A policy walked at any instant: who is paged, through what, why they, and where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.blocks import ids, values
from bot.blocks.build import context, field, header, menu, modal, mrkdwn, option, plain, section
from bot.blocks.text import Block, cut, escape, name
from bot.blocks.times import both
from bot.blocks.words import channel
from core.durations import say_minutes
from core.simulation import Simulation
from core.walked import Because, Fate, Outcome, Paged, Step

STEPS_SHOWN = 25
PEOPLE_SHOWN = 8
STEP_CHARACTERS = 2_800
_FATES = {
    Fate.ARRIVES: "",
    Fate.KEPT_TRYING: " (kept trying: Slack is down)",
    Fate.FAILS: " (can't be delivered)",
}
_SLACK_DOWN = "slack_down"


@dataclass(frozen=True)
class SimulateForm:
    """What is asked. `unreachable` are Slack user ids; `at` None: now."""

    policy_id: str | None = None
    at: datetime | None = None
    unreachable: tuple[str, ...] = ()
    slack_down: bool = False


def simulate_modal(
    form: SimulateForm,
    policies: Sequence[tuple[str, str]],
    told: Simulation | None,
    *,
    reader: str,
    trouble: str | None = None,
) -> dict[str, Any]:
    """The question over policies given as (id, name), and the answer below it."""
    return modal(
        "Who would be paged?",
        [*_question(form, policies), *_answer(told, reader, trouble)],
        callback_id=ids.SIMULATE_VIEW,
        submit="Ask again",
    )


def read_simulate(view: dict[str, Any]) -> SimulateForm:
    """What is asked."""
    return SimulateForm(
        policy_id=values.chosen(view, "policy"),
        at=values.instant(view, "at"),
        unreachable=tuple(values.people(view, "unreachable")),
        slack_down=_SLACK_DOWN in values.several(view, "faults"),
    )


def _question(form: SimulateForm, policies: Sequence[tuple[str, str]]) -> list[Block]:
    action = {"action_id": ids.SIMULATE_FORM}
    at: Block = {"type": "datetimepicker", **action}
    if form.at:
        at["initial_date_time"] = int(form.at.timestamp())
    people: Block = {
        "type": "multi_users_select",
        **action,
        "placeholder": plain("Everybody can be reached"),
    }
    if form.unreachable:
        people["initial_users"] = list(form.unreachable)
    down = option("Slack is down", _SLACK_DOWN)
    faults: Block = {"type": "checkboxes", "options": [down], **action}
    if form.slack_down:
        faults["initial_options"] = [down]
    return [
        field("policy", "Policy", menu(policies, form.policy_id, **action), dispatch=True),
        field("at", "If an incident began at", at, optional=True, dispatch=True, hint="Empty: now"),
        field("unreachable", "If these can't be reached", people, optional=True, dispatch=True),
        field("faults", "And if", faults, optional=True, dispatch=True),
    ]


def _answer(told: Simulation | None, reader: str, trouble: str | None) -> list[Block]:
    if trouble or told is None:
        return [section(f"⚠️ {escape(cut(trouble or 'Choose a policy.', 2_000))}")]
    blocks: list[Block] = [header("If nobody answers")]
    for step in told.steps[:STEPS_SHOWN]:
        blocks.append(_step(step, told, reader))
    if left := len(told.steps) - STEPS_SHOWN:
        blocks += [context(mrkdwn(f"and {left:,} more layers"))] if left > 0 else []
    return [
        *blocks,
        _end(told, reader),
        context(mrkdwn("A rehearsal by the real rules. Nobody was paged.")),
    ]


def _step(step: Step, told: Simulation, reader: str) -> Block:
    at = both(step.at, step.timezone or reader, reader=reader)
    lines = [f"*{_after(step.at, told)} · layer {step.layer} of {step.layers}* · {at}"]
    if not step.people:
        why = f"nobody is on call for {escape(name(step.schedule))}" if step.schedule else (
            "nobody of it is left"
        )  # fmt: skip
        return section(f"{lines[0]}\n🚨 skipped at once: {why}")
    lines += [_paged(one, reader) for one in step.people[:PEOPLE_SHOWN]]
    if left := len(step.people) - PEOPLE_SHOWN:
        lines += [f"and {left:,} more"] if left > 0 else []
    last = step.layer == step.layers
    following = "the end" if last else f"layer {step.layer + 1}"
    if step.next_at == step.at:
        lines.append(f"🚨 none of it can be delivered: {following} at once")
    else:
        lines.append(f"⏳ no answer in {say_minutes(step.ack_timeout_minutes)}: {following}")
    while len("\n".join(lines)) > STEP_CHARACTERS:
        del lines[-2]
    return section("\n".join(lines))


def _paged(one: Paged, reader: str) -> str:
    routes = [f"{channel(route.channel.value)}{_FATES[route.fate]}" for route in one.routes]
    how = " and ".join(routes) or "🚨 no channel: nothing reaches them"
    why = _because(one.because, reader)
    return f"📟 *{escape(name(one.person.name))}*, {how}{f' · {why}' if why else ''}"


def _because(why: Because, reader: str) -> str:
    if why.schedule is None:
        return ""
    said = [f"on call for {escape(name(why.schedule))}"]
    if why.rotation_layer:
        said.append(f"rotation {escape(name(why.rotation_layer))}")
    if why.shift:
        said.append(why.shift)
    if why.is_override:
        said.append(
            f"covering for {escape(name(why.instead_of))}" if why.instead_of else "covering"
        )
    until = both(why.until, why.timezone or "UTC", reader=reader) if why.until else ""
    return f"{', '.join(said)}{f', until {until}' if until else ''}"


def _end(told: Simulation, reader: str) -> Block:
    if not told.steps:
        said = "🚨 The policy has no layers: nobody is paged."
    elif told.outcome is Outcome.NOBODY_PAGED:
        said = "🚨 The policy is exhausted, and nobody was paged."
    else:
        at = both(told.ends_at, reader, reader=reader)
        said = f"🏁 {at} · *{_after(told.ends_at, told)}*: the policy is exhausted."
    if told.last_resort is None:
        return section(f"{said} No last resort is named.")
    if not told.last_resort:
        return section(f"{said} 🚨 The last resort pages nobody either.")
    lines = [_paged(one, reader) for one in told.last_resort[:PEOPLE_SHOWN]]
    while len("\n".join(lines)) > STEP_CHARACTERS:
        lines.pop()
    return section("\n".join([f"{said} The last resort is paged:", *lines]))


def _after(at: datetime, told: Simulation) -> str:
    minutes = round((at - told.at).total_seconds() / 60)
    return f"after {say_minutes(minutes)}" if minutes else "at once"
