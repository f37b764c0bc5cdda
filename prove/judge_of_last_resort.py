"""The judge of the last resort: paged when nobody else is or answers, once, and only then."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from prove.history import History
from storage.vocabulary import AuditType, DeliveryKind


def last_resort(history: History) -> Iterator[str]:
    """An exhausted policy and an incident that pages nobody page the last resort, once a round."""
    for incident in history.incidents.values():
        trail = [one for one in history.trail if one.incident_id == incident.id]
        needed = _needed(trail) if history.plan.last_resort else set()
        paged = Counter(
            one.data["round"] for one in trail if one.type is AuditType.LAST_RESORT_PAGED
        )
        for round in sorted(needed | paged.keys()):
            if round not in needed:
                yield f"#{incident.number}: the last resort was paged in round {round} for nothing"
            elif paged[round] != 1:
                yield (
                    f"#{incident.number}: the last resort was paged {paged[round]} times in round "
                    f"{round}, where nobody else was paged or answered"
                )
        yield from _whom(history, incident, trail)


def _needed(trail: list[Any]) -> set[int]:
    """The rounds in which nobody is left to page."""
    needed = {one.data["round"] for one in trail if one.type is AuditType.ESCALATION_EXHAUSTED}
    if any(one.type is AuditType.NOBODY_PAGED for one in trail):
        needed.add(1)
    return needed


def _whom(history: History, incident: Any, trail: list[Any]) -> Iterator[str]:
    """Those whom it names, by name or by a schedule that is staffed or not, each through a page."""
    draft = history.plan.last_resort
    if draft is None:
        return
    named = {str(one) for one in draft.member_ids}
    for event in trail:
        if event.type is not AuditType.LAST_RESORT_PAGED:
            continue
        asked = {one["id"] for one in event.data["targets"]}
        if named and asked != named:
            yield f"#{incident.number}: the last resort is {named}, and {asked} were paged"
        paged = {
            str(one.member_id)
            for one in history.deliveries
            if one.incident_id == incident.id
            and is_of_last_resort(one)
            and one.round == event.data["round"]
        }
        if paged != asked:
            yield f"#{incident.number}: the last resort's pages are not those that are told of"


def is_of_last_resort(delivery: Any) -> bool:
    """Whether this is a page of the last resort, which is no layer of a policy."""
    if delivery.kind is not DeliveryKind.PAGE:
        return False
    return bool(delivery.message["why"]["kind"] == "last_resort")
