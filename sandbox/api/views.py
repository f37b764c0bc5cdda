"""views.*: modals and Home tabs."""

from typing import Any

from sandbox.api.asked import Asked
from sandbox.errors import SlackError
from sandbox.records import View
from sandbox.wire import view_json

Json = dict[str, Any]


def open_modal(asked: Asked) -> Json:
    """views.open: spends the trigger."""
    return _answer(asked, asked.engine.modals.open(_trigger(asked), _view(asked)))


def push(asked: Asked) -> Json:
    """views.push: spends a trigger that came from the open modal."""
    return _answer(asked, asked.engine.modals.push(_trigger(asked), _view(asked)))


def update(asked: Asked) -> Json:
    """views.update: by view_id or external_id, guarded by `hash` if it is given."""
    view_id, external_id = asked.text("view_id", ""), asked.text("external_id", "")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", faults=["missing required field: view_id"])
    hash_ = asked.text("hash", "")
    view = asked.engine.modals.update(
        _view(asked), view_id=view_id, external_id=external_id, hash_=hash_
    )
    return _answer(asked, view)


def publish(asked: Asked) -> Json:
    """views.publish: guarded by `hash` if it is given."""
    user_id = asked.text("user_id")
    return _answer(
        asked, asked.engine.modals.publish(user_id, _view(asked), asked.text("hash", ""))
    )


def _trigger(asked: Asked) -> str:
    return asked.text("trigger_id")


def _view(asked: Asked) -> Any:
    view = asked.structure("view")
    if view is None:
        raise SlackError("invalid_arguments", faults=["missing required field: view"])
    return view


def _answer(asked: Asked, view: View) -> Json:
    return {"view": view_json(asked.engine.store, view)}
