"""Declaring: an incident, its number, its owner, its policy, and the first pages, in one go."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import select

from core import (
    affected,
    audit,
    escalation,
    notifications,
    outbox,
    people,
    policies,
    schedules,
    surfaces,
    targets,
)
from core.errors import ValidationFailed
from core.incidents import clean_text
from core.transaction import Transaction
from storage.limits import DESCRIPTION_MAX, TITLE_MAX
from storage.models import EscalationPolicy, Incident
from storage.vocabulary import AuditType, Severity, Status


async def open_incident(
    tx: Transaction,
    *,
    title: str,
    severity: Severity,
    description: str | None = None,
    owner_id: UUID | None = None,
    owner_schedule_id: UUID | None = None,
    escalation_policy_id: UUID | None = None,
    component_ids: Sequence[UUID] = (),
    dedup_key: str | None = None,
) -> Incident:
    """Declare an incident and page whom it concerns, all or nothing (spec section 2).

    The same `dedup_key` again returns the incident that it made. Raises ValidationFailed,
    DuplicateComponentId, InvalidComponentId, InvalidTargetUser, NotFound for an unknown schedule
    or policy.
    """
    title = clean_text(title, "title", maximum=TITLE_MAX, required=True) or ""
    description = clean_text(description, "description", maximum=DESCRIPTION_MAX)
    if owner_id is None and owner_schedule_id is None:
        raise ValidationFailed("Choose a schedule or an owner: somebody has to be paged.",
                               field="owner_schedule_id")  # fmt: skip
    affected.check(component_ids)
    organization = await people.lock_organization(tx)
    if dedup_key and (again := await _find_by_key(tx, dedup_key)):
        return again
    schedule = await schedules.value_of(tx, owner_schedule_id) if owner_schedule_id else None
    owner, policy = await _owner_and_policy(tx, owner_id, owner_schedule_id, escalation_policy_id)
    components = await affected.named(tx, component_ids) if component_ids else ()
    organization.last_incident_number = number = organization.last_incident_number + 1
    incident = Incident(
        id=uuid4(),
        organization_id=tx.organization_id,
        number=number,
        dedup_key=dedup_key,
        title=title,
        description=description,
        severity=severity,
        status=Status.INVESTIGATING,
        owner_id=owner.person.id if owner else None,
        owner_schedule_name=schedule.name if schedule else None,
        created_by=tx.actor.name,
        created_by_kind=tx.actor.kind,
        created_by_id=tx.actor.id,
        created_at=tx.now,
        updated_at=tx.now,
        version=1,
        last_sequence=0,
        last_delivery=0,
        affected=0,
        escalation_policy_id=policy.id if policy else None,
        escalation_policy_name=policy.name if policy else None,
        escalation_layers=[],
        escalation_round=1,
    )
    tx.db.add(incident)
    outbox.none_yet(tx, incident)
    audit.record(
        tx,
        AuditType.INCIDENT_CREATED,
        incident=incident,
        number=number,
        title=title,
        severity=severity.value,
        ownerId=str(owner.person.id) if owner else None,
        schedule=incident.owner_schedule_name,
        policy=incident.escalation_policy_name,
        components=[one.name for one in components],
    )
    if components:
        await tx.db.flush()
        await affected.write(tx, incident, components)
        await surfaces.settle(tx, component_ids)
    with tx.db.no_autoflush:  # nothing read from here on is written here: one flush, at the commit
        await notifications.announce(tx, incident)
        await escalation.begin(tx, incident, policy, owner, page_owner=owner_id is not None)
    return incident


async def _find_by_key(tx: Transaction, dedup_key: str) -> Incident | None:
    return await tx.db.scalar(
        select(Incident).filter_by(organization_id=tx.organization_id, dedup_key=dedup_key)
    )


async def _owner_and_policy(
    tx: Transaction,
    owner_id: UUID | None,
    schedule_id: UUID | None,
    policy_id: UUID | None,
) -> tuple[targets.Target | None, EscalationPolicy | None]:
    """The table of spec section 2."""
    owner: targets.Target | None = None
    policy = await policies.get_policy(tx, policy_id) if policy_id else None
    if schedule_id:
        owner = await targets.schedule_owner(tx, schedule_id)
        policy = policy or await policies.policy_for_schedule(tx, schedule_id)
    if owner_id:
        member = await people.get_member(tx, owner_id)
        owner = targets.Target(people.Person.of(member), targets.Why("owner"))
    return owner, policy
