"""The dashboard's cookies: over HTTPS no other host, and no plain page, can set one in our name.

A browser keeps a name that begins with `__Host-` only if it came from this very host, over HTTPS,
for every path of it.
"""

from starlette.requests import Request
from starlette.responses import Response

from web.dashboard.door import Door

SESSION = "tocsin_session"
"""Who is signed in."""

VISIT = "tocsin_visit"
"""What a browser takes along to Slack, and is known by when it comes back."""

SAID = "tocsin_said"
"""What the next page says once."""


def name_of(door: Door, cookie: str) -> str:
    """What browsers know a cookie by."""
    return f"__Host-{cookie}" if door.is_secure else cookie


def held(request: Request, cookie: str) -> str:
    """What a browser holds in a cookie of ours, or nothing."""
    return request.cookies.get(name_of(Door.of(request), cookie), "")


def hand(
    response: Response, door: Door, cookie: str, value: str, *, seconds: int | None = None
) -> None:
    """Have a browser keep it: for so long, or until it is closed."""
    response.set_cookie(
        name_of(door, cookie), value, max_age=seconds, path="/",
        secure=door.is_secure, httponly=True, samesite="lax",
    )  # fmt: skip


def take_back(response: Response, door: Door, cookie: str) -> None:
    """Have a browser keep it no longer."""
    response.delete_cookie(
        name_of(door, cookie), path="/", secure=door.is_secure, httponly=True, samesite="lax"
    )
