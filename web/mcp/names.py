"""By which names the MCP server may be asked: its public one, and those of its own machine.

A page in a browser can make a name of its own lead here, and would then ask as the reader's machine
may: so any other name is refused, and so is any other page.
"""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from starlette.requests import Request

from core.errors import DomainError, Forbidden

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Misdirected(DomainError):
    """PUBLIC_URL is not set, so /mcp answers on its own machine alone, as 127.0.0.1 or localhost.

    Set PUBLIC_URL to the address at which Tocsin is reached, and start it again.
    """

    code = "misdirected_request"


@dataclass(frozen=True)
class Names:
    """The names of a server, as `Host` and `Origin` have them; `:*` stands for any port."""

    public_url: str | None

    @cached_property
    def hosts(self) -> list[str]:
        """What it is called."""
        public = [urlsplit(self.public_url).netloc.lower()] if self.public_url else []
        return [name for one in (*LOOPBACK, *public) for name in (one, f"{one}:*")]

    @cached_property
    def origins(self) -> list[str]:
        """Whose pages may ask."""
        ours = [f"http://{name}" for one in LOOPBACK for name in (one, f"{one}:*")]
        return [*ours, self.public_url.lower()] if self.public_url else ours

    def judge(self, asked: Request) -> None:
        """Raises Misdirected for another name, Forbidden for another's page."""
        if not _is_among(asked.headers.get("Host", ""), self.hosts):
            if self.public_url is None:
                raise Misdirected
            raise Misdirected(
                f"/mcp answers at {self.public_url}, as PUBLIC_URL says, and to no other name. Ask "
                "there; or set PUBLIC_URL to the address at which Tocsin is reached."
            )
        origin = asked.headers.get("Origin")
        if origin and not _is_among(origin, self.origins):
            raise Forbidden("A page of another site may not ask here. Nothing was done.")


def _is_among(given: str, names: list[str]) -> bool:
    given = given.lower()  # names are, however they are typed
    without_port = given.rpartition(":")[0]
    return given in names or f"{without_port}:*" in names
