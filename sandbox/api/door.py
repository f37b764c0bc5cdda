"""The one door to the Web API: token, scope, trouble on demand, the record, and the answer."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.api.asked import Asked
from sandbox.api.methods import METHODS
from sandbox.api.scopes import NEEDED
from sandbox.engine import MALFORMED, Call, Engine
from sandbox.errors import SlackError
from sandbox.faults import Fault
from sandbox.inputs import copy_of

Json = dict[str, Any]


@dataclass
class _Incoming:
    """What was asked, and when it arrived."""

    method: str
    at: float
    arguments: Json = field(default_factory=dict)


@dataclass(eq=False)
class Door:
    """Answers /api/{method} and /response/{token}."""

    engine: Engine
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def api(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of the Web API."""
        asked = _Incoming(request.match_info["method"], self.engine.clock())
        try:
            asked.arguments, token = await _read(request)
            self._authorize(asked.method, token)
        except SlackError as refusal:
            return self._answer(asked, refusal.answer(), 200, None)
        return await self._with_trouble(request, asked)

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        """Take what the app posts to a response_url."""
        token = request.match_info["token"]
        asked = _Incoming("response_url", self.engine.clock())
        try:
            body = json.loads(await request.read())
            if not isinstance(body, dict):
                raise TypeError
        except (ValueError, TypeError):
            return web.Response(status=400, text="invalid_payload")
        asked.arguments = {**body, "_token": token}
        return await self._with_trouble(request, asked)

    async def _with_trouble(self, request: web.Request, asked: _Incoming) -> web.StreamResponse:
        method, arguments = asked.method, asked.arguments
        fault = self.engine.faults.strike(method, self._channels(arguments))
        if fault is None:
            return self._answer(asked, *self._act(method, arguments), None)
        acted = self._act(method, arguments) if fault.acts else None
        if fault.kind in {"timeout_before", "timeout_after"}:
            self._record(asked, None, None, fault)
            return await self._hang(request, fault)
        await self._wait(fault.delay)
        if fault.kind == "rate_limited":
            limited: Json = {"ok": False, "retry_after": fault.retry_after}
            return self._answer(asked, limited, 429, fault)
        if fault.kind == "error":
            return self._answer(asked, {"ok": False, "error": fault.error}, 200, fault)
        if fault.kind == "slow" and acted is not None:
            return self._answer(asked, *acted, fault)
        failed: Json = {"ok": False, "error": "internal_error"}
        return self._answer(asked, failed, 500, fault)

    def _authorize(self, method: str, token: str) -> None:
        engine = self.engine
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        if method == "api.test":
            return
        if not token:
            raise SlackError("not_authed")
        if token not in {engine.bot_token, engine.app_token}:
            raise SlackError("invalid_auth")
        if token != (engine.app_token if method == "apps.connections.open" else engine.bot_token):
            raise SlackError("not_allowed_token_type")
        needed, granted = NEEDED[method], engine.manifest.scopes
        if needed and not any(granted.intersection(scopes) for scopes in needed.values()):
            first = next(iter(needed.values()))[0]
            raise SlackError("missing_scope", needed=first, provided=",".join(sorted(granted)))

    def _act(self, method: str, arguments: Json) -> tuple[Json, int]:
        try:
            if method == "response_url":
                body = {name: value for name, value in arguments.items() if name != "_token"}
                self.engine.response_urls.use(str(arguments["_token"]), body)
                return {"ok": True}, 200
            answer = METHODS[method](Asked(self.engine, method, arguments))
            return copy_of({"ok": True, **answer}), 200
        except SlackError as refusal:
            if refusal.code in MALFORMED:
                self.engine.note_faulty(method, refusal.code, refusal.faults, arguments)
            return copy_of(refusal.answer()), refusal.status

    def _answer(
        self, asked: _Incoming, body: Json, status: int, fault: Fault | None
    ) -> web.Response:
        method = asked.method
        if method not in METHODS and method != "response_url":
            self.engine.note_faulty(method, "unknown_method", [], asked.arguments)
        self._record(asked, body, status, fault)
        accepted = [each for scopes in NEEDED.get(method, {}).values() for each in scopes]
        headers = {
            "x-oauth-scopes": ",".join(sorted(self.engine.manifest.scopes)),
            "x-accepted-oauth-scopes": ",".join(accepted),
        }
        if status == 429:
            headers["Retry-After"] = str(body.get("retry_after", 1))
            body = {"ok": False, "error": "ratelimited"}
        if method == "response_url":
            text = "ok" if body.get("ok") else str(body.get("error"))
            return web.Response(status=status, text=text, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    def _record(
        self, asked: _Incoming, body: Json | None, status: int | None, fault: Fault | None
    ) -> None:
        engine = self.engine
        kind = fault.kind if fault else None
        engine.calls.append(Call(asked.method, asked.arguments, body, asked.at, status, kind))
        engine.changes.tell()

    def _channels(self, arguments: Json) -> set[str]:
        store = self.engine.store
        named = str(arguments.get("channel") or arguments.get("channel_id") or "")
        channels = {named, named.removeprefix("#")}
        if named in store.conversations:
            channels.add(store.conversations[named].name)
        if named in store.users:
            channels.add(store.users[named].person.name)
        return channels - {""}

    async def _hang(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        silent = fault.hang_seconds if fault.hang_seconds is not None else fault.delay
        await self._wait(min(silent, self.engine.hang_seconds))
        if request.transport is not None:
            request.transport.close()
        # Nobody is left to read this, but the server wants an answer to end the request with.
        return web.Response(status=500)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.closing.wait()


async def _read(request: web.Request) -> tuple[Json, str]:
    """The arguments and the token of a call, from its query, form or JSON body."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else ""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        # A token inside of a JSON body is not looked at, only one in the header.
        body.pop("token", None)
        arguments |= body
    elif request.can_read_body:
        arguments |= {name: str(value) for name, value in (await request.post()).items()}
    in_form = str(arguments.pop("token", "") or "")
    return arguments, token or in_form
