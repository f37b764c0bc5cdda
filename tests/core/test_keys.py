"""API keys: shown once, kept as a hash, dead at once when revoked or over, for admins to manage."""

from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from core import audit, key_facts, keys, people, permissions
from core.errors import (
    Forbidden,
    KeyMadeAlready,
    NameConflict,
    NotAuthorized,
    NotFound,
    ValidationFailed,
)
from core.key_facts import KeyLine
from core.keys import MadeKey
from core.transaction import Actor
from storage.models import ApiKey, AuditEvent
from storage.vocabulary import ActorKind, AuditType, Role, Surface
from tests.core import public
from tests.engine import Engine


@pytest.fixture(autouse=True)
async def alice_is_admin(engine: Engine) -> None:
    await public.appoint(engine, "alice")


async def _make(engine: Engine, name: str = "Deploys", **given: object) -> MadeKey:
    made = await engine.do("alice", keys.create_key, name=name, **given)
    assert isinstance(made, MadeKey)
    return made


async def _enter(engine: Engine, secret: str) -> Actor:
    return await keys.authenticate(engine.core, secret, Surface.API)


async def test_whoever_holds_a_key_acts_under_its_name(engine: Engine) -> None:
    made = await _make(engine)

    actor = await _enter(engine, made.secret)

    assert actor == Actor(
        ActorKind.API_KEY, made.key.id, "Deploys", Surface.API, engine.organization_id
    )


async def test_a_key_is_told_by_its_prefix_and_no_two_are_alike(engine: Engine) -> None:
    first, second = await _make(engine), await _make(engine, "Alerts")

    assert first.secret.startswith("toc_live_")
    assert first.secret != second.secret
    assert len(first.secret) == len("toc_live_") + 43  # 256 bits


async def test_nothing_but_a_hash_is_stored(engine: Engine) -> None:
    made = await _make(engine)
    async with engine.core.reading(engine.system) as tx:
        (key,) = await tx.db.scalars(select(ApiKey))
        events = (await tx.db.scalars(select(AuditEvent))).all()

    assert key.secret_hash == sha256(made.secret.encode()).hexdigest()
    assert made.secret not in repr([vars(one) for one in (key, *events)])


@pytest.mark.parametrize("secret", ["", "toc_live_", "toc_live_" + "x" * 43, "xoxb-1", "ключ"])
async def test_an_unknown_key_opens_nothing(engine: Engine, secret: str) -> None:
    await _make(engine)

    with pytest.raises(NotAuthorized):
        await _enter(engine, secret)


async def test_a_revoked_key_is_dead_at_once(engine: Engine) -> None:
    made = await _make(engine)
    await engine.do("alice", keys.revoke_key, made.key.id)

    with pytest.raises(NotAuthorized):
        await _enter(engine, made.secret)
    with pytest.raises(NotFound):
        await engine.do("alice", keys.revoke_key, made.key.id)


async def test_a_key_is_good_until_the_instant_at_which_it_expires(engine: Engine) -> None:
    until = engine.clock.now() + timedelta(days=90)
    made = await _make(engine, expires_at=until)

    engine.clock.at = until - timedelta(milliseconds=1)
    assert (await _enter(engine, made.secret)).id == made.key.id
    engine.clock.at = until
    with pytest.raises(NotAuthorized):
        await _enter(engine, made.secret)


async def test_a_key_that_would_be_dead_at_once_is_refused(engine: Engine) -> None:
    with pytest.raises(ValidationFailed) as refused:
        await _make(engine, expires_at=engine.clock.now())

    assert refused.value.field == "expires_at"


async def test_a_name_is_taken_until_its_key_is_revoked(engine: Engine) -> None:
    first = await _make(engine, " Deploys ")
    with pytest.raises(NameConflict):
        await _make(engine, "Deploys")
    await engine.do("alice", keys.revoke_key, first.key.id)

    second = await _make(engine, "Deploys")
    async with engine.core.reading(engine.actor("alice")) as tx:
        assert [one.id for one in await keys.list_keys(tx)] == [second.key.id]
        assert (await keys.find_key(tx, "Deploys")).id == second.key.id


async def test_one_form_makes_one_key_even_once_that_is_revoked(engine: Engine) -> None:
    id = uuid4()
    made = await _make(engine, id=id)
    assert made.key.id == id

    with pytest.raises(KeyMadeAlready):
        await _make(engine, "Another name", id=id)
    await engine.do("alice", keys.revoke_key, id)
    with pytest.raises(KeyMadeAlready):
        await _make(engine, id=id)


async def test_an_id_of_another_organizations_says_nothing(engine: Engine) -> None:
    first = await _make(engine)
    other = await people.ensure_organization(engine.core, slack_team_id="TOTHER", name="Other")
    async with engine.core.transaction(engine.system) as tx:
        await tx.db.execute(update(ApiKey).values(organization_id=other.id))

    second = await _make(engine, id=first.key.id)

    assert second.key.id != first.key.id


async def test_a_name_that_is_none_is_answered_with_those_there_are(engine: Engine) -> None:
    async with engine.core.reading(engine.system) as tx:
        with pytest.raises(NotFound, match="The API keys are: none"):
            await keys.find_key(tx, "Deploys")
    await _make(engine, "Deploys")
    await _make(engine, "Alerts")

    async with engine.core.reading(engine.system) as tx:
        with pytest.raises(NotFound, match=r"“deploys”\. .* are: Alerts, Deploys"):
            await keys.find_key(tx, " deploys ")


async def test_what_is_shown_of_a_key_tells_whether_it_has_expired(engine: Engine) -> None:
    until = engine.clock.now() + timedelta(days=90)
    made = await _make(engine, role=Role.ADMIN, expires_at=until)
    began = engine.clock.now()
    await _enter(engine, made.secret)

    async with engine.core.reading(engine.actor("alice")) as tx:
        (good,) = await key_facts.lines(tx)
    engine.clock.at = until
    async with engine.core.reading(engine.actor("alice")) as tx:
        (over,) = await key_facts.lines(tx)

    assert good == KeyLine(made.key.id, "Deploys", Role.ADMIN, began, began, until, expired=False)
    assert over.expired
    async with engine.core.reading(engine.actor("bob")) as tx:
        with pytest.raises(Forbidden):
            await key_facts.lines(tx)


async def test_a_use_is_kept_to_the_minute(engine: Engine) -> None:
    made = await _make(engine)
    seen = []
    for seconds in (0, 59, 1):
        engine.clock.at += timedelta(seconds=seconds)
        await _enter(engine, made.secret)
        async with engine.core.reading(engine.actor("alice")) as tx:
            (key,) = await keys.list_keys(tx)
            seen.append(key.last_used_at)

    began = made.key.created_at
    assert seen == [began, began, began + timedelta(minutes=1)]


async def test_keys_are_for_admins_to_manage(engine: Engine) -> None:
    made = await _make(engine)

    with pytest.raises(Forbidden):
        await engine.do("bob", keys.create_key, name="Mine")
    with pytest.raises(Forbidden):
        await engine.do("bob", keys.list_keys)
    with pytest.raises(Forbidden):
        await engine.do("bob", keys.revoke_key, made.key.id)


@pytest.mark.parametrize(("role", "is_admin"), [(Role.ADMIN, True), (Role.MEMBER, False)])
async def test_a_key_has_a_role_until_it_is_revoked(
    engine: Engine, role: Role, is_admin: bool
) -> None:
    made = await _make(engine, role=role)
    actor = await _enter(engine, made.secret)

    async with engine.core.reading(actor) as tx:
        assert await permissions.is_admin(tx) is is_admin
    await engine.do("alice", keys.revoke_key, made.key.id)
    async with engine.core.reading(actor) as tx:
        assert await permissions.is_admin(tx) is False


async def test_what_becomes_of_a_key_is_on_the_trail(engine: Engine) -> None:
    made = await _make(engine, role=Role.ADMIN)
    await engine.do("alice", keys.revoke_key, made.key.id)

    async with engine.core.reading(engine.system) as tx:
        last = int((await audit.last_of_organization(tx)).partition("-")[0])
        found = await tx.db.scalars(
            select(AuditEvent).where(AuditEvent.sequence >= last - 1).order_by(AuditEvent.sequence)
        )
    assert [(one.type, one.actor_name, one.data) for one in found] == [
        (
            AuditType.API_KEY_CREATED,
            "Alice",
            {"keyId": str(made.key.id), "name": "Deploys", "role": "admin", "expiresAt": None},
        ),
        (AuditType.API_KEY_REVOKED, "Alice", {"keyId": str(made.key.id), "name": "Deploys"}),
    ]
