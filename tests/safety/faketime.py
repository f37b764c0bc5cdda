"""A clock that can be stepped under a real process, as an operator or NTP does it: libfaketime."""

import os
from pathlib import Path

import pytest

LIBRARIES = ("libfaketimeMT.so.1", "libfaketime.so.1")
PLACES = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/local/lib/faketime")


class SteppedClock:
    """The wall clock of every process that runs with `variables`; its stopwatch stays real."""

    def __init__(self, library: Path, folder: Path) -> None:
        folder.chmod(0o755)  # a server that runs as somebody else reads it too
        self._file = file = folder / "clock"
        self.step(0)
        self.variables = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",  # a step is seen at once
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",  # what it was called before
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # it makes threads wait for one another
            "NO_FAKE_STAT": "1",
        }

    def step(self, seconds: float) -> None:
        """Set the clock so far from the real one. Nobody ever reads half a setting."""
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{seconds:+.0f}\n")
        beside.chmod(0o644)
        beside.replace(self._file)


def find_faketime() -> Path:
    """Where the library is. Without it the test is skipped, unless it is required."""
    for name in LIBRARIES:
        for place in PLACES:
            for found in sorted(Path("/").glob(f"{place[1:]}/{name}")):
                return found
    missing = "no libfaketime: install it (apt install faketime)"
    if os.environ.get("TOCSIN_FAKETIME_REQUIRED") == "1":
        pytest.fail(missing)
    pytest.skip(missing)
