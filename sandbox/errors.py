"""How the sandbox says no: to the app as Slack's error codes, to a person as a sentence."""

from typing import Any


class SlackError(Exception):
    """A refusal of the Web API, with the code Slack uses and what else its answer holds."""

    def __init__(
        self, code: str, *, faults: list[str] | None = None, status: int = 200, **extra: Any
    ) -> None:
        self.code = code
        self.faults = list(faults or [])
        self.status = status
        self.extra = extra
        super().__init__(": ".join([code, *self.faults]))

    def answer(self) -> dict[str, Any]:
        """The JSON body in which Slack would say this."""
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.faults:
            body["errors"] = list(self.faults)
            body["response_metadata"] = {"messages": [f"[ERROR] {fault}" for fault in self.faults]}
        return body


class NotPossibleError(LookupError):
    """A person tried what their Slack client would not offer them."""

    def __init__(self, message: str, *, code: str = "not_possible") -> None:
        self.code = code
        super().__init__(message)
