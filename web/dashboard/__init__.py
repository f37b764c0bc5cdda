"""The dashboard: what staff see in a browser, under `/app`, at a desk or on a phone in bed.

pages         makes a page of a function over a transaction; sessions, forms and refusals
rendering     templates, headers, and what every page shows around its own
signing_in    by a link from Slack, and out again; with_slack: with Slack itself
live          says when something changed, so that pages bring themselves up to date
trail_words   what an event of the audit trail says; trail_csv writes it as a file
incidents …   the pages, a file for each noun
incident_list   what is looked for, and declaring
incident_texts  title, description and components changed
updating      updates posted, what is public in two steps; resolving
"""

from functools import cache

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from core.transaction import Core
from web.dashboard import (
    components,
    covering,
    incident_list,
    incident_texts,
    incidents,
    keys,
    live,
    oncall,
    policies,
    policy_forms,
    publishing,
    rendering,
    schedule_forms,
    schedules,
    settings,
    signing_in,
    status_pages,
    trail,
    updating,
    with_slack,
)
from web.dashboard.door import PATH, Checkup, Door
from web.dashboard.live import Watch
from web.dashboard.pages import not_found
from web.dashboard.with_slack import SlackApp

__all__ = ["PATH", "Dashboard", "Door"]


PATH_MAX = 1_000
"""Characters. No address of ours is so long, and no number in one."""


class Dashboard:
    """The dashboard of one product. What is the same for all of them is made once."""

    def __init__(
        self,
        core: Core,
        *,
        public_url: str | None,
        checkup: Checkup,
        open_to_all: bool = False,
        alerts_channel: str | None = None,
        slack_app: SlackApp | None = None,
    ) -> None:
        """`open_to_all`: anybody may become anybody with one click, in the sandbox alone.

        `alerts_channel` is the one that the environment names, which nobody changes here.
        """
        self._watch = Watch(core)
        self._door = Door(
            core, public_url, self._watch, open_to_all, checkup, alerts_channel, slack_app
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below `/app`."""
        scope["tocsin.door"] = self._door
        if len(scope.get("path", "")) > PATH_MAX:
            await not_found(scope, receive, send)
            return
        await _routes()(scope, receive, send)

    async def stop(self) -> None:
        """End every stream, so that nobody waits for those who only listen."""
        await self._watch.stop()


@cache
def _routes() -> ASGIApp:
    """Every page, of every product: they know none."""
    routes: list[Route] = [*rendering.ROUTES, *signing_in.ROUTES, *with_slack.ROUTES, *live.ROUTES]
    incident = (incident_list.PAGES, incidents.PAGES, incident_texts.PAGES, updating.PAGES)
    on_call = (oncall.PAGES, schedules.PAGES, covering.PAGES, schedule_forms.PAGES)
    escalation = (policies.PAGES, policy_forms.PAGES)
    public = (publishing.PAGES, components.PAGES, status_pages.PAGES)
    ours = (settings.PAGES, keys.PAGES, trail.PAGES)
    for pages in (*incident, *on_call, *escalation, *public, *ours):
        routes += pages.routes
    return Router(routes, redirect_slashes=False, default=not_found)
