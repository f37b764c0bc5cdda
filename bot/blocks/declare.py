"""The form that declares an incident, and what is said to who did it, once it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.blocks import affected, component_choice, ids, progress, values, words
from bot.blocks.build import (
    context,
    exact,
    field,
    menu,
    modal,
    mrkdwn,
    plain,
    section,
    text_input,
)
from bot.blocks.component_choice import Choosable, component_field
from bot.blocks.controls import view_button
from bot.blocks.text import Block, Rendered, escape, fallback, minutes, names
from core.facts import IncidentFacts
from core.leaks import Leak
from core.preview import Preview, PreviewStep
from core.public_surface import Covering
from storage.limits import AFFECTED_COMPONENTS_MAX, TITLE_MAX
from storage.vocabulary import Severity

TYPED_MAX = 3_000
"""As much as Slack lets anybody type into one field."""

CONSEQUENCE_MAX = 2_000
_STEPS_TOLD = 6
_PAGED_TOLD = 8


@dataclass(frozen=True)
class DeclareForm:
    """What the form holds."""

    title: str = ""
    severity: str = Severity.HIGH.value
    description: str = ""
    schedule_id: str | None = None
    owner: str | None = None
    """A Slack user id."""
    components: tuple[UUID, ...] = ()
    asked_at: str = ""
    """The response_url of where it was asked for, to say there that it is done."""


def declare_modal(
    form: DeclareForm,
    schedules: Sequence[tuple[str, str]],
    consequence: str | None,
    *,
    components: Sequence[Choosable] = (),
    pages: Sequence[Covering] = (),
    doubts: Sequence[Leak] = (),
    public_url: str | None = None,
) -> dict[str, Any]:
    """The form, over schedules given as (id, name); `consequence` is mrkdwn.

    `pages` are those that show the components that are chosen, `doubts` are about the title. Where
    there is no component at all none is asked for. Its ids never change, so what was typed survives
    when the consequence is told anew.
    """
    told = {**context(mrkdwn(consequence)), "block_id": "consequence"} if consequence else None
    blocks = [
        field("title", "Title", text_input(form.title, TITLE_MAX)),
        field(
            "severity",
            "Severity",
            menu([(one.value, words.severity(one)) for one in Severity], form.severity),
        ),
        *_whom(form, schedules),
        *([told] if told else []),
        *(_affects(form, components, pages, doubts, public_url) if components else []),
        field(
            "description",
            "Description",
            text_input(form.description, TYPED_MAX, multiline=True),
            optional=True,
        ),
    ]
    return modal(
        "Declare an incident",
        blocks,
        callback_id=ids.DECLARE_VIEW,
        submit="Declare",
        metadata=form.asked_at,
    )


def read_declare(view: dict[str, Any]) -> DeclareForm:
    """What was entered, so far or in the end."""
    return DeclareForm(
        title=values.typed(view, "title"),
        severity=values.chosen(view, "severity") or Severity.HIGH.value,
        description=values.typed(view, "description"),
        schedule_id=values.chosen(view, "schedule"),
        owner=values.person(view, "owner"),
        components=tuple(component_choice.read(view, "components")),
        asked_at=str(view.get("private_metadata") or ""),
    )


def declared(facts: IncidentFacts, paged: Sequence[str]) -> Rendered:
    """What is said to who declared an incident: its number, who is being paged, what comes next."""
    headline = f"You declared {words.headline(facts)}"
    said = [section(progress.sentence(facts, being_paged=bool(paged)))]
    if paged and not facts.acknowledged and not facts.resolved:
        said.insert(0, exact(f"📟 Paging {names(paged, _PAGED_TOLD)}."))
    return Rendered(fallback(headline), [exact(headline, accessory=view_button(facts)), *said])


def _affects(
    form: DeclareForm,
    components: Sequence[Choosable],
    pages: Sequence[Covering],
    doubts: Sequence[Leak],
    public_url: str | None,
) -> list[Block]:
    return [
        component_field(
            "components",
            "Affected components",
            components,
            form.components,
            hint=affected.HINT,
            dispatch=True,
            form=ids.DECLARE_COMPONENTS,
            maximum=AFFECTED_COMPONENTS_MAX,
        ),
        *affected.readers(form.components, pages, public_url, doubts),
    ]


NOBODY = "🚨 *Nobody would be paged:* nobody is on call. Choose an owner, or another schedule."


def consequence(told: Preview, *, empty: str = NOBODY) -> str:
    """Who is paged and when if nobody acknowledges, in one sentence of mrkdwn.

    The preview counts minutes from the declaration; people read the time between two steps.
    """
    steps = [step for step in told.steps if step.people]
    if not steps:
        return empty
    for count in range(min(len(steps), _STEPS_TOLD), 0, -1):
        sentence = _sentence(steps, count, told.ends_after_minutes)
        if len(sentence) <= CONSEQUENCE_MAX:
            break
    return sentence


def _sentence(steps: Sequence[PreviewStep], count: int, ends: int | None) -> str:
    parts: list[str] = []
    before = 0
    for step in steps[:count]:
        who = f"*{escape(names(step.people))}*"
        parts.append(f"{_later(before, step.after_minutes)} {who}" if parts else _first(step, who))
        before = step.after_minutes
    if left := len(steps) - count:
        parts.append(f"then {left} more {'layer' if left == 1 else 'layers'}")
        before = steps[-1].after_minutes
    if ends is None:
        return f"{'; '.join(parts)}, and nobody after that."
    return f"{'; '.join(parts)}; {_later(before, ends)} the policy is exhausted."


def _first(step: PreviewStep, who: str) -> str:
    return f"Pages {who} {f'in {minutes(step.after_minutes)}' if step.after_minutes else 'now'}"


def _later(before: int, after: int) -> str:
    gap = after - before
    if gap <= 0:
        return "at once"
    if not before:
        return f"after {minutes(gap)}"
    return f"after {gap} more min" if gap < 60 else f"after another {minutes(gap)}"


def _whom(form: DeclareForm, schedules: Sequence[tuple[str, str]]) -> list[Block]:
    owner: Block = {"type": "users_select", "action_id": ids.OWNER}
    owner["placeholder"] = plain("Nobody in particular" if schedules else "Choose a person")
    if form.owner:
        owner["initial_user"] = form.owner
    if not schedules:
        return [
            exact("There are no on-call schedules yet: /incident schedules makes one."),
            field(
                "owner",
                "Owner",
                owner,
                hint="This person is paged and owns the incident.",
                dispatch=True,
            ),
        ]
    return [
        field(
            "schedule",
            "Schedule",
            menu(
                schedules,
                form.schedule_id,
                action_id=ids.SCHEDULE,
                placeholder=plain("Choose a schedule"),
            ),
            hint="Whoever is on call is paged and owns it. A schedule or an owner is required.",
            optional=True,
            dispatch=True,
        ),
        field(
            "owner",
            "Owner",
            owner,
            hint="Paged as well, and owns it instead. A schedule or an owner is required.",
            optional=True,
            dispatch=True,
        ),
    ]
