"""The address of every page of the dashboard, from its routes: a new page is not forgotten."""

import re
from collections.abc import Mapping
from uuid import UUID

from starlette.routing import Route, Router

from core import policies, schedules
from tests.browser.staff import Office
from web.dashboard import _routes
from web.dashboard.pages import ITS_PAGE

NOT_PAGES = {"/static/{digest}/{name}", "/events", "/last", "/settings/trail.csv",
             "/with-slack", "/with-slack/back", "/sign-in/{secret}"}  # fmt: skip
"""Files, streams and what leads elsewhere; and a link, which the flow of signing in opens."""

PARTS = re.compile(r"\{(\w+)(?::\w+)?\}")


def every_path() -> list[str]:
    """Each page's path below `/app`, as its route has it; a form's address has none of its own."""
    router = _routes()
    assert isinstance(router, Router)
    shown = [one for one in router.routes if isinstance(one, Route) and "GET" in one.methods]
    own = [one.path for one in shown if one.name != ITS_PAGE]
    return [path for path in own if path not in NOT_PAGES]


def is_about_one(path: str) -> bool:
    """Whether the page is about something that there must be."""
    return "{" in path


def address(path: str, known: Mapping[str, UUID | int]) -> str:
    """A page's address, about what is known. Raises KeyError for a part that nothing is known of.

    A part that several nouns have is known by its place: `/policies/layer_id`.
    """

    def fill(part: re.Match[str]) -> str:
        place = f"{path[: part.start()].rpartition('{')[0] or path[: part.start()]}{part[1]}"
        return str(known[place] if place in known else known[part[1]])

    return PARTS.sub(fill, path)


async def known_in(office: Office, made: Mapping[str, UUID]) -> dict[str, UUID | int]:
    """What stands in addresses: by the names that the routes have for it."""
    async with office.world.tocsin.core.reading(office.world.system) as tx:
        schedule = await schedules.get_schedule(tx, made["schedule"])
        policy = next(one for one in await policies.list_policies(tx) if one.name == "Payments")
        return {
            "number": 1,
            "/publishing/components/id": made["component"],
            "/publishing/pages/id": made["page"],
            "schedule_id": schedule.id,
            "override_id": made["override"],
            "policy_id": policy.id,
            "/policies/layer_id": policy.layers[0].id,
            "/on-call/schedules/layer_id": schedule.layers[0].id,
        }
