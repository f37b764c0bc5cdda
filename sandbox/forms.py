"""Handing in a modal: what Slack's client checks, what the app answers, what follows from it."""

from dataclasses import dataclass
from typing import Any

from sandbox import payloads
from sandbox.answer import Answer, Submission
from sandbox.engine import Engine
from sandbox.errors import NotPossibleError, SlackError
from sandbox.inputs import complaint
from sandbox.interactions import Interactions
from sandbox.records import User, View
from sandbox.reply import Reply

Json = dict[str, Any]


@dataclass(eq=False)
class Forms:
    """Submits and closes modals."""

    engine: Engine
    interactions: Interactions

    async def submit(self, user: User, view: View) -> Submission:
        """Press a modal's submit button; what the client itself refuses never reaches the app."""
        if not view.open or view.type != "modal":
            raise NotPossibleError("the modal is not open", code="view_not_found")
        if not view.source.get("submit"):
            raise NotPossibleError("the modal has no submit button", code="no_submit")
        if self.engine.modals.stack(user.id)[-1:] != [view]:
            raise NotPossibleError("another modal is on top of it", code="view_not_found")
        refused = self._refused_by_client(view)
        if refused:
            return self._errors(view, refused, None)
        view.errors = None
        answer = self.interactions.begin(user, view.channel)
        assert answer.trigger is not None  # noqa: S101  (begin gave one)
        urls = self._response_urls(user, view)
        payload = payloads.view_submission(self.engine, user, view, answer.trigger, urls)
        reply = answer.settle(await self.engine.delivery.send("interactive", payload))
        if reply.failed:
            return Submission(False, view=view, failed=reply.failed, answer=answer)
        return self._follow(user, view, reply, answer)

    async def close(self, user: User, view: View, *, everything: bool = False) -> None:
        """Put a modal away, or the whole stack; the app hears of it if it has asked to."""
        if not view.open or view.type != "modal":
            raise NotPossibleError("the modal is not open", code="view_not_found")
        everything = everything or bool(view.source.get("clear_on_close"))
        going = self.engine.modals.stack(user.id)[::-1] if everything else [view]
        for each in going:
            self.engine.modals.close(each)
        for each in going:
            if each.source.get("notify_on_close"):
                payload = payloads.view_closed(self.engine, user, each, cleared=everything)
                await self.engine.delivery.send("interactive", payload)

    def _refused_by_client(self, view: View) -> dict[str, str]:
        found: dict[str, str] = {}
        for block in view.blocks:
            if block["type"] == "input":
                element = block["element"]
                value = view.values[block["block_id"]][element["action_id"]]
                sentence = complaint(block, element, value)
                if sentence:
                    found[block["block_id"]] = sentence
        return found

    def _follow(self, user: User, view: View, reply: Reply, answer: Answer) -> Submission:
        body = reply.json() if reply.body.strip() else {}
        try:
            if body == {}:
                if view.open:
                    self.engine.modals.close(view)
                return Submission(True, answer=answer)
            if body is None:
                raise SlackError("invalid_json", faults=["the answer is not a JSON object"])
            action = body.get("response_action")
            if action == "clear":
                self.engine.modals.clear(user.id)
                return Submission(True, answer=answer)
            if action == "errors":
                return self._errors(view, self._judged_errors(view, body), answer)
            if action == "update":
                updated = self.engine.modals.update(body.get("view"), view_id=view.id)
                return Submission(True, view=updated, answer=answer)
            if action == "push":
                pushed = self.engine.modals.push_answered(user.id, body.get("view"))
                return Submission(True, view=pushed, answer=answer)
            raise SlackError("invalid_response_action", faults=[f"response_action '{action}'"])
        except SlackError as refusal:
            self.engine.note_faulty("view_submission answer", refusal.code, refusal.faults, body)
            return Submission(False, view=view, failed=refusal.code, answer=answer)

    def _judged_errors(self, view: View, body: Json) -> dict[str, str]:
        errors = body.get("errors")
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors:
            raise SlackError("invalid_errors", faults=["errors must be an object and not empty"])
        strange = [f"no input block '{block_id}'" for block_id in errors if block_id not in inputs]
        strange += [
            f"the error at '{block_id}' must be a text"
            for block_id, sentence in errors.items()
            if not isinstance(sentence, str) or not sentence
        ]
        if strange:
            raise SlackError("invalid_errors", faults=strange)
        return dict(errors)

    def _errors(self, view: View, errors: dict[str, str], answer: Answer | None) -> Submission:
        view.errors = errors
        self.engine.changes.tell(views=True, user=view.user)
        labels = {
            block["block_id"]: block["label"]["text"]
            for block in view.blocks
            if block["type"] == "input"
        }
        named = {labels.get(block_id, block_id): text for block_id, text in errors.items()}
        return Submission(False, named, view, block_errors=errors, answer=answer)

    def _response_urls(self, user: User, view: View) -> list[Json]:
        found = []
        for block in view.blocks:
            element = block.get("element", {})
            if not element.get("response_url_enabled"):
                continue
            value = view.values[block["block_id"]][element["action_id"]]
            channel = value.get("selected_conversation") or value.get("selected_channel")
            if channel:
                url = self.engine.response_urls.issue(user.id, channel)
                found.append(
                    {
                        "response_url": self.engine.response_urls.address(url),
                        "channel_id": channel,
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                    }
                )
        return found
