"""Programs that come through a door: each person's own, with a key that has its person's role."""

from typing import Any

import httpx

from core import keys
from storage.vocabulary import ActorKind, Role
from tests.surfaces.doors import Refusal
from tests.world import World


class Programs:
    """Everybody's programs, and what is told to them."""

    kind = ActorKind.API_KEY
    tells_codes = True
    called: str
    """What a key is named after: its noun, then whose it is."""

    def __init__(self, world: World, web: httpx.AsyncClient) -> None:
        self.world, self.web = world, web
        self._secrets: dict[str, str] = {}

    def name_of(self, who: str) -> str:
        return f"{self.called} of {who.title()}"

    async def enter(self, who: str, role: Role) -> None:
        """Somebody's program is given its key."""
        async with self.world.tocsin.core.transaction(self.world.system) as tx:
            made = await keys.create_key(tx, name=self.name_of(who), role=role)
        self._secrets[who] = made.secret

    def key_of(self, who: str) -> dict[str, str]:
        """The header with which somebody's program asks."""
        return {"Authorization": f"Bearer {self._secrets[who]}"}


def refusal_of(told: dict[str, Any]) -> Refusal:
    """A refusal that is told as data; of several faults in what was asked, the first."""
    faults = told.get("errors")
    return Refusal(faults[0]["message"] if faults else told["message"], told["code"])
