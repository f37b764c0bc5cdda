"""The dashboard: what staff see in a browser, under `/app`, at a desk or on a phone in bed.

pages         makes a page of a function over a transaction; sessions, forms and refusals
answering     whatever happens
rendering     templates, headers, and what every page shows around its own
signing_in    by a link from Slack, and out again; with_slack: with Slack itself
cookies       that no other host can set
walks         of policies, for all who look at them
live          says when something changed, so that pages bring themselves up to date
trail_words   what an event of the audit trail says; trail_csv writes it as a file
incidents …   the pages, a file for each noun
incident_list   what is looked for, and declaring
incident_texts  title, description and components changed
updating      updates posted, what is public in two steps; resolving
"""

from dataclasses import replace
from functools import cache

from starlette.datastructures import Headers
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
from web.dashboard.answering import not_found
from web.dashboard.door import PATH, Checkup, Door
from web.dashboard.live import TrailWatch
from web.dashboard.pages import LIVE
from web.dashboard.walks import Walks
from web.dashboard.with_slack import SlackApp

__all__ = ["PATH", "Dashboard", "Door"]


READING = 2
WRITING = 2
"""So many are at the database at once: half of its connections stay for those who page."""

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
        watch: TrailWatch | None = None,
    ) -> None:
        """`open_to_all`: anybody may become anybody with one click, in the sandbox alone.

        `alerts_channel` is the one that the environment names, which nobody changes here. `watch`
        is by what open pages learn of a change, where it is to look more often than it does.
        """
        self._watch = watch or TrailWatch(core)  # one look at a time for all tabs: it needs no lane
        acts = core.lane(reading=READING, writing=WRITING)
        pages = acts.giving_way()
        self._acting = Door(
            acts,
            public_url,
            self._watch,
            Walks(
                acts
            ),  # one at a time, and Slack's wait for it: so it does not stand behind pages
            open_to_all,
            checkup,
            alerts_channel,
            slack_app,
        )
        self._looking = replace(self._acting, core=pages)
        self._refreshing = replace(self._acting, core=pages.giving_way())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below `/app`."""
        scope["tocsin.door"] = self._door(scope)
        if len(scope.get("path", "")) > PATH_MAX:
            await not_found(scope, receive, send)
            return
        await _routes()(scope, receive, send)

    def _door(self, scope: Scope) -> Door:
        """Who acts comes before who looks, and both before pages that ask by themselves."""
        if scope.get("method") == "POST":
            return self._acting
        return self._refreshing if LIVE in Headers(scope=scope) else self._looking

    async def stop(self) -> None:
        """End every stream and walk, so that nobody waits for those who only look."""
        await self._watch.stop()
        await self._acting.walks.stop()


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
