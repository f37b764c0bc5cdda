"""Which refusals the rules of this folder have gone through every door for."""

from collections.abc import Callable
from typing import TypeVar

from core.errors import DomainError

Test = TypeVar("Test", bound=Callable[..., object])

COVERED: set[type[DomainError]] = set()


def rule(*refusals: type[DomainError]) -> Callable[[Test], Test]:
    """Says of a test that it is about these refusals."""

    def noted(test: Test) -> Test:
        COVERED.update(refusals)
        return test

    return noted
