"""What people can do to the app: commands, presses, shortcuts and the Home tab.

One implementation serves the tests and the browser page.
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox import markup, payloads
from sandbox.aiming import Surface, Target
from sandbox.answer import Answer
from sandbox.blockkit import check_suggestions
from sandbox.choices import value_object
from sandbox.engine import Engine
from sandbox.errors import NotPossibleError, SlackError
from sandbox.inputs import initial_values
from sandbox.records import Conversation, Message, User, View
from sandbox.reply import Reply
from sandbox.wire import view_json

Json = dict[str, Any]


@dataclass(eq=False)
class Interactions:
    """Sends to the app what people do, and shows them what it answers."""

    engine: Engine
    offered: dict[tuple[str, str, str, str], list[Json]] = field(default_factory=dict)
    """The options an external menu has shown to somebody."""

    async def command(self, user: User, conversation: Conversation, line: str) -> Answer:
        """Type a slash command into a conversation and wait for the answer."""
        engine = self.engine
        name, _, text = line.strip().partition(" ")
        declared = engine.manifest.command(name)
        if declared is None or "commands" not in engine.manifest.scopes:
            raise NotPossibleError(f"{name} is not a valid command.", code="unknown_command")
        if user.id not in conversation.members:
            message = f"{user.person.name} is not in #{conversation.name}"
            raise NotPossibleError(message, code="not_in_channel")
        if conversation.archived:
            raise NotPossibleError(f"#{conversation.name} is archived", code="is_archived")
        text = text.strip()
        if declared.should_escape:
            text = markup.escape_typed(text, engine.store)
        answer = self._begin(user, conversation.id)
        url = engine.response_urls.issue(user.id, conversation.id)
        answer.response_url = url
        assert answer.trigger is not None  # noqa: S101  (a command has one)
        payload = payloads.command(engine, user, conversation, (name, text), answer.trigger, url)
        reply = answer.settle(await engine.delivery.send("slash_commands", payload))
        self._show_command_answer(answer, reply)
        if answer.failed:
            said = f'{name} failed with the error "{answer.failed}"'
            engine.posting.slackbot(conversation, user.id, said)
        return answer

    async def press(self, user: User, surface: Surface, target: Target) -> Answer:
        """Press a button or an entry of an overflow menu."""
        element = target.element
        action: Json = {"type": element["type"]}
        for name in ("text", "value", "style", "url", "confirm", "accessibility_label"):
            if name in element:
                action[name] = element[name]
        if target.option is not None:
            action["selected_option"] = target.option
        return await self._act(user, surface, target, action)

    async def put(
        self, user: User, surface: Surface, target: Target, raw: Any, *, entered: bool = False
    ) -> Answer | None:
        """Put a value into a field; None if the app is not told before the form is submitted.

        With `entered` they press Enter after it.
        """
        value = await self.keep(user, surface, target, raw)
        if not _tells_at_once(target, entered=entered):
            return None
        return await self._act(user, surface, target, dict(value))

    async def keep(self, user: User, surface: Surface, target: Target, raw: Any) -> Json:
        """Put a value into a field without telling the app, and return it as Slack holds it."""
        value = await self.value(user, surface, target, raw)
        held = surface.values
        if isinstance(surface, Message):
            blocks = surface.shown_blocks
            held = surface.values.setdefault(user.id, initial_values(blocks))
        held.setdefault(target.block["block_id"], {})[target.element["action_id"]] = value
        return value

    async def value(self, user: User, surface: Surface, target: Target, raw: Any) -> Json:
        """What stands in a field after this is put into it; an external menu is asked first."""
        place = self._place(user, surface, target)
        external = "external" in str(target.element["type"])
        if external and raw:
            for each in raw if isinstance(raw, list | tuple) else [raw]:
                known = self.offered.get(place, [])
                if not any(each in {o["value"], o["text"]["text"]} for o in known):
                    await self.suggest(user, surface, target, str(each))
        return value_object(self.engine, target.element, raw, self.offered.get(place, ()))

    async def suggest(self, user: User, surface: Surface, target: Target, query: str) -> Json:
        """Ask the app what an external menu offers for what was typed."""
        engine = self.engine
        least = target.element.get("min_query_length", 3)
        if len(query) < least:
            return {"options": []}
        self._need_interactivity()
        if not engine.socket.connected and not engine.manifest.options_url:
            message = "the manifest has no message_menu_options_url"
            raise NotPossibleError(message, code="no_options_url")
        payload = payloads.block_suggestion(engine, user, surface, target, query)
        reply = await engine.delivery.send("options", payload)
        if reply.failed:
            raise NotPossibleError(f"the options did not load: {reply.failed}", code=reply.failed)
        given = reply.json()
        faults = check_suggestions(given)
        if given is None or faults:
            engine.note_faulty("block_suggestion", "invalid_options", faults, given)
            raise NotPossibleError("the options did not load", code="invalid_options")
        options = list(given.get("options", []))
        for group in given.get("option_groups", []):
            options.extend(group["options"])
        known = self.offered.setdefault(self._place(user, surface, target), [])
        known.extend(options)
        return given

    async def shortcut(self, user: User, callback_id: str, message: Message | None) -> Answer:
        """Use a global shortcut, or one on a message."""
        engine = self.engine
        self._need_interactivity()
        declared = engine.manifest.shortcut(callback_id)
        wanted = "global" if message is None else "message"
        if declared is None or declared.type != wanted or "commands" not in engine.manifest.scopes:
            message_ = f"the app has no {wanted} shortcut '{callback_id}'"
            raise NotPossibleError(message_, code="no_such_shortcut")
        answer = self._begin(user, message.channel if message else None)
        if message is not None:
            answer.response_url = engine.response_urls.issue(user.id, message.channel, message)
        assert answer.trigger is not None  # noqa: S101  (a shortcut has one)
        payload = payloads.shortcut(
            engine, user, callback_id, answer.trigger, message, answer.response_url
        )
        answer.settle(await engine.delivery.send("interactive", payload))
        return answer

    async def open_home(self, user: User) -> None:
        """Open the app's Home tab, which the app hears of; done when it has answered."""
        engine = self.engine
        if not engine.manifest.home_tab:
            raise NotPossibleError("the app has no Home tab", code="no_home_tab")
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": engine.store.dm(user.id).id,
            "tab": "home",
        }
        home = engine.modals.homes.get(user.id)
        if home is not None:
            event["view"] = view_json(engine.store, home)
        telling = engine.events.publish("app_home_opened", event)
        if telling is not None:
            await telling

    def _begin(self, user: User, channel: str | None) -> Answer:
        if user.person.deleted or user.person.is_bot:
            message = f"{user.person.name} can't do anything: no human is signed in there"
            raise NotPossibleError(message, code="account_inactive")
        trigger = self.engine.triggers.issue(user.id, channel)
        return Answer(self.engine, user.id, trigger, began=self.engine.store.new_ts())

    def begin(self, user: User, channel: str | None = None) -> Answer:
        """Begin something a person does: they get a trigger."""
        self._need_interactivity()
        return self._begin(user, channel)

    async def _act(self, user: User, surface: Surface, target: Target, action: Json) -> Answer:
        engine = self.engine
        channel = surface.channel
        answer = self.begin(user, channel)
        if isinstance(surface, Message):
            answer.response_url = engine.response_urls.issue(user.id, surface.channel, surface)
        action |= {
            "action_id": target.element["action_id"],
            "block_id": target.block["block_id"],
            "action_ts": engine.store.new_ts(),
        }
        if "placeholder" in target.element:
            action["placeholder"] = target.element["placeholder"]
        assert answer.trigger is not None  # noqa: S101  (begin gave one)
        payload = payloads.block_actions(
            engine, user, surface, action, answer.trigger, answer.response_url
        )
        answer.settle(await engine.delivery.send("interactive", payload))
        return answer

    def _show_command_answer(self, answer: Answer, reply: Reply) -> None:
        text = reply.body.decode(errors="replace").strip()
        if reply.failed or not text or answer.response_url is None:
            return
        body = reply.json() if reply.is_json else {"text": text}
        if body == {}:
            return
        try:
            if body is None:
                raise SlackError("invalid_json", faults=["the answer is not a JSON object"])
            self.engine.response_urls.write(answer.response_url, body)
        except SlackError as refusal:
            self.engine.note_faulty("command answer", refusal.code, refusal.faults, body)
            answer.failed = "dispatch_failed"

    def _need_interactivity(self) -> None:
        if not self.engine.manifest.interactivity:
            message = "the manifest does not enable interactivity"
            raise NotPossibleError(message, code="interactivity_off")

    def _place(self, user: User, surface: Surface, target: Target) -> tuple[str, str, str, str]:
        where = surface.id if isinstance(surface, View) else f"{surface.channel}/{surface.ts}"
        return user.id, where, target.block["block_id"], target.element["action_id"]


def _tells_at_once(target: Target, *, entered: bool) -> bool:
    if target.block["type"] != "input":
        return True
    if not target.block.get("dispatch_action"):
        return False
    if not str(target.element["type"]).endswith("_input"):
        return True
    config = target.element.get("dispatch_action_config") or {}
    triggers = config.get("trigger_actions_on", ["on_enter_pressed"])
    return "on_character_entered" in triggers or (entered and "on_enter_pressed" in triggers)
