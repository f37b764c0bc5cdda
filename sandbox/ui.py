"""What the browser page can do: JSON under /ui/, by the same code with which tests act."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox import aiming, uiview
from sandbox.actor import Actor
from sandbox.aiming import Surface, Target
from sandbox.blockkit.elements import STATEFUL
from sandbox.engine import Engine
from sandbox.errors import NotPossibleError, SlackError
from sandbox.inputs import pick_option
from sandbox.records import Message, View

Json = dict[str, Any]
Act = Callable[[Actor, Json], Awaitable[Json]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KEEP_ALIVE_SECONDS = 15.0


@dataclass(eq=False)
class Page:
    """Serves the endpoints of the page."""

    engine: Engine
    actor: Callable[[str], Actor]

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """All endpoints under /ui/: each one's method, path and handler."""
        yield "GET", "/ui/state", self._state
        yield "GET", "/ui/messages", self._messages
        yield "GET", "/ui/events", self._events
        acts: dict[str, Act] = {
            "command": self._command,
            "message": self._message,
            "action": self._action,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "read": self._read,
        }
        for name, act in acts.items():
            yield "POST", f"/ui/{name}", self._acting(act)

    async def _state(self, request: web.Request) -> web.StreamResponse:
        return self._looking(request, lambda actor: uiview.state(self.engine, actor.user))

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return self._looking(
            request,
            lambda actor: uiview.messages(
                self.engine,
                actor.user,
                str(request.query.get("channel", "")),
                request.query.get("thread_ts"),
            ),
        )

    def _looking(self, request: web.Request, look: Callable[[Actor], Json]) -> web.Response:
        try:
            return web.json_response(look(self.actor(request.query.get("as", ""))))
        except LookupError as refusal:
            return _refused(refusal)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        try:
            user_id = self.actor(request.query.get("as", "")).id
        except LookupError as refusal:
            return _refused(refusal)
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        stream = web.StreamResponse(headers=headers)
        await stream.prepare(request)
        queue = self.engine.changes.listen()
        try:
            await stream.write(b": connected\n\n")
            while True:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        change = await queue.get()
                except TimeoutError:
                    await stream.write(b": still here\n\n")
                    continue
                if change is None:
                    break
                if change.user in {None, user_id} and (
                    change.conversations or change.views or change.home
                ):
                    shown = {
                        "conversations": sorted(change.conversations),
                        "views": change.views,
                        "home": change.home,
                    }
                    await stream.write(f"data: {json.dumps(shown)}\n\n".encode())
        except ConnectionError:
            pass  # the page was closed
        finally:
            self.engine.changes.leave(queue)
        return stream

    def _acting(self, act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                body = await request.json()
                if not isinstance(body, dict):
                    raise TypeError
            except (ValueError, TypeError):
                return _error("invalid_json", "The body is not a JSON object.")
            try:
                answer = await act(self.actor(str(body.get("as", ""))), body)
            except (LookupError, TypeError, ValueError) as refusal:
                return _refused(refusal)
            except SlackError as refusal:
                return _error(refusal.code, str(refusal))
            return web.json_response(answer, status=400 if "error" in answer else 200)

        return handler

    async def _command(self, actor: Actor, body: Json) -> Json:
        answer = await actor.command(str(body["text"]), str(body["channel"]))
        if answer.failed:
            command = str(body["text"]).split(" ", 1)[0]
            codes = {"operation_timeout": "timeout"}
            sentence = f'{command} failed with the error "{answer.failed}"'
            return _failure(codes.get(answer.failed, answer.failed), sentence)
        return {"ok": True}

    async def _message(self, actor: Actor, body: Json) -> Json:
        thread = self._found(body["channel"], body["thread_ts"]) if body.get("thread_ts") else None
        await actor.say(str(body["text"]), str(body["channel"]), thread)
        return {"ok": True}

    async def _action(self, actor: Actor, body: Json) -> Json:
        surface = self._surface(actor, body["container"])
        target = aiming.find_exactly(surface, str(body["block_id"]), str(body["action_id"]))
        await self._type(actor, surface, body.get("state"), besides=target)
        value = body.get("value")
        if target.element["type"] in STATEFUL:
            # The page tells of typing only where Slack would: at a character, or at Enter.
            answer = await actor.interactions.put(actor.user, surface, target, value, entered=True)
        else:
            if target.element["type"] == "overflow":
                option = pick_option(target.element["options"], str(value))
                target = Target(target.block, target.element, option)
            answer = await actor.interactions.press(actor.user, surface, target)
        if answer is not None and answer.failed:
            return _failure(answer.failed, f"The app did not take it: {answer.failed}")
        return {"ok": True}

    async def _suggest(self, actor: Actor, body: Json) -> Json:
        surface = self._surface(actor, body)
        target = aiming.find_exactly(surface, str(body["block_id"]), str(body["action_id"]))
        query = str(body.get("query", ""))
        given = await actor.interactions.suggest(actor.user, surface, target, query)
        return {"options": [], **given}

    async def _submit(self, actor: Actor, body: Json) -> Json:
        view = self._surface(actor, body)
        if not isinstance(view, View):
            raise NotPossibleError("only a modal can be submitted", code="view_not_found")
        await self._type(actor, view, body.get("state"))
        submission = await actor.submit(view)
        if submission.failed:
            return _failure(submission.failed, f"The app did not take it: {submission.failed}")
        if submission.block_errors:
            return {"ok": False, "errors": submission.block_errors}
        return {"ok": True}

    async def _close(self, actor: Actor, body: Json) -> Json:
        surface = self._surface(actor, body)
        if isinstance(surface, View):
            await actor.close(surface, everything=bool(body.get("all")))
        return {"ok": True}

    async def _shortcut(self, actor: Actor, body: Json) -> Json:
        message = self._found(body["channel"], body["ts"]) if body.get("ts") else None
        answer = await actor.shortcut(str(body["callback_id"]), message)
        if answer.failed:
            return _failure(answer.failed, f"The app did not take it: {answer.failed}")
        return {"ok": True}

    async def _home(self, actor: Actor, body: Json) -> Json:
        await actor.open_home()
        return {"ok": True}

    async def _read(self, actor: Actor, body: Json) -> Json:
        actor.read(str(body["channel"]))
        return {"ok": True}

    async def _type(
        self, actor: Actor, surface: Surface, state: Any, besides: Target | None = None
    ) -> None:
        """Take over what stands in the page's fields, without telling the app of it."""
        for block_id, values in (state or {}).items():
            for action_id, raw in values.items():
                target = aiming.find_exactly(surface, block_id, action_id)
                if besides is None or target.element is not besides.element:
                    await actor.interactions.keep(actor.user, surface, target, raw)

    def _surface(self, actor: Actor, named: Json) -> Surface:
        if named.get("view_id"):
            view = self.engine.modals.views.get(str(named["view_id"]))
            if view is None or not view.open:
                raise NotPossibleError("that view is not open", code="view_not_found")
            return actor.surface(view)
        return actor.surface(self._found(named.get("channel"), named.get("ts")))

    def _found(self, channel: Any, ts: Any) -> Message:
        conversation = self.engine.store.conversations.get(str(channel))
        for message in [*conversation.stored, *conversation.ephemerals] if conversation else []:
            if message.ts == str(ts) and not message.deleted:
                return message
        raise NotPossibleError("there is no such message", code="message_not_found")


def _failure(code: str, message: str) -> Json:
    return {"ok": False, "error": code, "message": message}


def _error(code: str, message: str) -> web.Response:
    return web.json_response(_failure(code, message), status=400)


def _refused(refusal: Exception) -> web.Response:
    if isinstance(refusal, NotPossibleError):
        return _error(refusal.code, str(refusal.args[0]))
    if isinstance(refusal, KeyError):
        return _error("invalid_arguments", f"'{refusal.args[0]}' is missing.")
    code = "not_found" if isinstance(refusal, LookupError) else "invalid_arguments"
    return _error(code, str(refusal.args[0]) if refusal.args else str(refusal))
