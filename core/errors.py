"""Every refusal: one class each, with its code and a sentence for the person who reads it."""

from collections.abc import Sequence
from inspect import cleandoc


class DomainError(Exception):
    """This can't be done."""

    code = "invalid_request"

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = message or " ".join(cleandoc(type(self).__doc__ or "").split())
        self.field = field
        """The input that is at fault, in the words of the core function's parameter."""
        super().__init__(self.message)


class NotAuthorized(DomainError):
    """This needs an API key that is known, and neither revoked nor expired. An admin makes one with
    `python app.py key create NAME`.
    """

    code = "not_authorized"


class NotSignedIn(DomainError):
    """You are not signed in, or were idle for twelve hours. Type “/incident login” in Slack for a
    new link.
    """

    code = "not_authorized"


class LinkOver(DomainError):
    """This link was used, is older than ten minutes, or never was one. Type “/incident login” in
    Slack for a new one.
    """

    code = "not_authorized"


class NotFound(DomainError):
    """There is no such thing here."""

    code = "not_found"


class Forbidden(DomainError):
    """Your role does not allow this. Ask an admin of your organization."""

    code = "forbidden"


class ValidationFailed(DomainError):
    """Something in what you entered is missing or too long."""

    code = "validation_error"


class InvalidTargetUser(DomainError):
    """That person is not a member here, so they can't be paged. Choose somebody else."""

    code = "invalid_target_user"


class AlreadyOwner(DomainError):
    """They own this incident already. Choose somebody else."""

    code = "already_owner"


class InvalidTarget(DomainError):
    """An escalation layer needs a schedule or at least one member to page."""

    code = "invalid_target"


class InvalidStatusTransition(DomainError):
    """An incident goes one step forward at a time, and never back."""

    code = "invalid_status_transition"


class IncidentResolved(DomainError):
    """This incident is resolved, so nothing about it can change. Declare a new one."""

    code = "incident_resolved"


class NoPublicSurface(DomainError):
    """No published status page shows any component of this incident, so nobody could read a
    public update. Post it as internal, or publish a page first.
    """

    code = "NO_PUBLIC_SURFACE"


class InvalidComponentId(DomainError):
    """There is no such component. It may have been removed; choose among those there are."""

    code = "invalid_component_id"


class DuplicateComponentId(DomainError):
    """The same component is named twice. Name each once."""

    code = "duplicate_component_id"


class NothingToRedact(DomainError):
    """This update has no text, so there is nothing to remove."""

    code = "nothing_to_redact"


class RedactionNotPermitted(DomainError):
    """You may remove the text of your own update within five minutes; after that, and of others'
    updates, an admin can.
    """

    code = "redaction_not_permitted"


class AlreadyPosted(DomainError):
    """This form has posted something else already, so nothing was posted now. Close it and look at
    the timeline; to say it differently, remove that text there and post anew.
    """

    code = "idempotency_conflict"


class KeyMadeAlready(DomainError):
    """This form has made its API key already, and a key is shown only once. If nobody has seen it,
    close this, revoke it and make another.
    """

    code = "idempotency_conflict"


class KeyOfAnotherRequest(DomainError):
    """This Idempotency-Key came with another request before, so nothing was done. Use a new one for
    each thing you want done.
    """

    code = "idempotency_conflict"


class RepeatedTooSoon(DomainError):
    """The first request with this Idempotency-Key is still at work. Ask again in a moment."""

    code = "idempotency_in_progress"


class NotAsForeseen(DomainError):
    """What you were shown is no longer what would be published, so nothing was. Look again."""

    code = "precondition_failed"


class NameConflict(DomainError):
    """That name is taken. Choose another."""

    code = "name_conflict"


class ChangedMeanwhile(DomainError):
    """Somebody else changed this while you had it open, so nothing was done. Open it anew to see
    it as it is now.
    """

    code = "precondition_failed"


class AlreadyMember(DomainError):
    """They are a member already."""

    code = "already_member"


class CannotChangeOwnRole(DomainError):
    """Nobody changes their own role. Ask another admin."""

    code = "cannot_change_own_role"


class LastAdmin(DomainError):
    """There is always at least one admin, and this is the last. Make somebody else one first."""

    code = "last_admin"


class OverrideConflict(DomainError):
    """Another override covers part of that time on this schedule."""

    code = "override_conflict"


class OverrideEnded(DomainError):
    """That override is over, so it can't be changed. Make a new one."""

    code = "override_ended"


class InUse(DomainError):
    """It is in use, so it can't be removed."""

    code = "in_use"

    @classmethod
    def by(cls, name: str, users: Sequence[str], incidents: Sequence[int] = ()) -> "InUse":
        """Says what uses it, of many incidents the first few by their numbers."""
        shown = [f"#{number}" for number in sorted(incidents)[:_INCIDENTS_NAMED]]
        if left := len(incidents) - len(shown):
            shown.append(f"{left:,} more")
        noun = "open incident" if len(incidents) == 1 else "open incidents"
        used = [*users, *([f"the {noun} {', '.join(shown)}"] if shown else [])]
        resolve = f"Resolve {'it' if len(incidents) == 1 else 'them'} first"
        to_do = "Change that first" if users else resolve
        return cls(f"“{name}” is in use by {', '.join(used)}. {to_do}.")


_INCIDENTS_NAMED = 5


class NotAMember(DomainError):
    """Tocsin is for members of this workspace. Guests, apps and people of other workspaces
    can't use it; ask a member to do it for you.
    """

    code = "forbidden"


class NotReady(DomainError):
    """Tocsin is still starting and does not know this workspace yet. Try again in a moment."""

    code = "server_error"


class Unavailable(DomainError):
    """Tocsin can't reach its database right now, so this may not have happened. Look with
    “/incident list” in a minute, then try again.
    """

    code = "server_error"
