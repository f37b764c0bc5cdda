"""Many histories, in several processes, and what came of them."""

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from prove.clocks import Clocks
from prove.drawing import make_plan
from prove.history import History, unfold
from prove.judges import Violation, judge
from prove.mutations import MUTATIONS
from prove.plan import Plan
from prove.shrinking import shrink
from prove.stage import Stage

CHUNK = 10


@dataclass(frozen=True)
class Proof:
    """What is to be proved on: the stage, the product's clocks, and how many replicas."""

    stage: Stage
    clocks: Clocks
    replicas: int | None = None
    """None: one, two or three, as the seed decides."""
    mutation: str | None = None
    """A bug to be planted first."""

    def plan(self, seed: int) -> Plan:
        """The plan of a seed."""
        return make_plan(seed, self.stage, replicas=self.replicas)

    def unfold(self, plan: Plan) -> History:
        """A plan's history."""
        if self.mutation is None:
            return unfold(plan, self.stage, self.clocks)
        with MUTATIONS[self.mutation].planted():
            return unfold(plan, self.stage, self.clocks)

    def judge(self, plan: Plan) -> list[Violation]:
        """Where a plan's history breaks the promise."""
        return judge(self.unfold(plan))

    def shrink(self, seed: int, violation: Violation) -> Plan:
        """The smallest plan found that breaks the same rule as this seed's."""

        def fails(plan: Plan) -> bool:
            return any(one.rule == violation.rule for one in self.judge(plan))

        return shrink(self.plan(seed), fails)


@dataclass(frozen=True)
class Verdict:
    """What one seed's history came to."""

    seed: int
    violations: tuple[Violation, ...]
    events: int
    lines: int
    virtual_seconds: float
    pages: int
    bundles: int
    deaths: int


@dataclass(frozen=True)
class Caught:
    """A planted bug, and how it was found."""

    name: str
    seed: int | None
    violation: Violation | None
    histories: int
    seconds: float


def prove(proof: Proof, seeds: range, *, jobs: int = 1) -> Iterator[Verdict]:
    """Unfold and judge the history of every seed, as they come to their end."""
    chunks = [seeds[start : start + CHUNK] for start in range(0, len(seeds), CHUNK)]
    if jobs <= 1:
        for chunk in chunks:
            yield from _verdicts(proof, chunk)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        try:
            for verdicts in pool.map(partial(_verdicts, proof), chunks):
                yield from verdicts
        finally:
            pool.shutdown(cancel_futures=True)


def catch(proof: Proof, seeds: range, found: Callable[[Verdict], None] | None = None) -> Caught:
    """Look for the first history that shows the planted bug."""
    began = time.monotonic()
    for tried, seed in enumerate(seeds, start=1):
        verdict = _verdict(proof, seed)
        if found:
            found(verdict)
        if verdict.violations:
            seconds = time.monotonic() - began
            return Caught(str(proof.mutation), seed, verdict.violations[0], tried, seconds)
    return Caught(str(proof.mutation), None, None, len(seeds), time.monotonic() - began)


def _verdicts(proof: Proof, seeds: range) -> list[Verdict]:
    gc.collect()
    gc.freeze()  # what is left is what was compiled, and stays: not to be walked again each time
    gc.disable()  # a history makes much and keeps nothing: collecting between them is cheaper
    try:
        return [_verdict(proof, seed) for seed in seeds]
    finally:
        gc.enable()


def _verdict(proof: Proof, seed: int) -> Verdict:
    plan = proof.plan(seed)
    history = proof.unfold(plan)
    return Verdict(
        seed,
        tuple(judge(history)),
        len(plan.events),
        len(history.lines),
        history.world.loop.ended_at,
        len(history.world.slack.begun) + len(history.world.mail.begun),
        history.world.slack.bundles + history.world.mail.bundles,
        history.world.deaths,
    )
