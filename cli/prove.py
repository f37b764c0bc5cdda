"""`app.py prove`: thousands of histories with faults in every one, and what came of them."""

import os
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assembly.clock import DatabaseClock, WallClock
from cli.apply import apply
from cli.blueprint import Blueprint, read_file
from core.transaction import Actor, Clock, Core
from prove.clocks import Clocks, Reads
from prove.mutations import MUTATIONS
from prove.plan import Plan, describe
from prove.proving import Caught, Proof, Verdict, catch, prove
from prove.stage import Stage, set_stage

MUTATION_HISTORIES = 400
"""How many histories a planted bug may hide in before it counts as missed."""

SHOWN_MAX = 5
"""How many failing histories are shown and shrunk."""


def _alone(wall: Reads, stopwatch: Reads) -> Clock:
    return WallClock(wall=wall, stopwatch=stopwatch)


def _follower(wall: Reads, stopwatch: Reads) -> DatabaseClock:
    return DatabaseClock(wall=wall, stopwatch=stopwatch)


CLOCKS = Clocks(_alone, _follower)
"""The product's own, on simulated machines."""


def run_prove(
    *,
    histories: int,
    seed: int,
    blueprint: Blueprint | None,
    replicas: int | None,
    jobs: int | None,
    trace: bool,
) -> int:
    """Prove, and say what came of it. Returns 1 if the promise was broken, 0 if it was kept."""
    out = Console()
    proof = Proof(_stage(blueprint), CLOCKS, replicas)
    jobs = jobs or max(1, min(os.cpu_count() or 1, histories // 50))
    if trace:
        return _trace(out, proof, seed)
    began = time.monotonic()
    verdicts: list[Verdict] = []
    with _progress(out) as progress:
        task = progress.add_task("Histories", total=histories)
        for verdict in prove(proof, range(seed, seed + histories), jobs=jobs):
            verdicts.append(verdict)
            progress.advance(task)
    broken = [one for one in verdicts if one.violations]
    out.print(_summary(verdicts, time.monotonic() - began))
    for one in broken[:SHOWN_MAX]:
        _show(out, proof, one)
    if len(broken) > SHOWN_MAX:
        seeds = ", ".join(str(one.seed) for one in broken[SHOWN_MAX:][:50])
        out.print(f"And the seeds {seeds}.")
    return 1 if broken else 0


def run_mutations() -> int:
    """Plant each bug and look for it. Returns 1 if one was missed, 0 if all were caught."""
    out = Console()
    stage = _stage(None)
    table = Table("Planted bug", "Caught by", "Seed", "Histories", "Seconds", title="Mutations")
    missed = 0
    with _progress(out) as progress:
        task = progress.add_task("Planted bugs", total=len(MUTATIONS))
        for name, mutation in MUTATIONS.items():
            proof = Proof(stage, CLOCKS, mutation.replicas, name)
            first = mutation.first_seed
            caught = catch(proof, range(first, first + MUTATION_HISTORIES))
            missed += caught.violation is None
            table.add_row(*_row(caught, mutation.what))
            progress.advance(task)
    out.print(table)
    return 1 if missed else 0


def _stage(blueprint: Blueprint | None) -> Stage:
    if blueprint is None:
        return set_stage()
    wanted = blueprint

    async def fill(core: Core, actor: Actor) -> None:
        await apply(core, actor, wanted)

    return set_stage(fill)


def _trace(out: Console, proof: Proof, seed: int) -> int:
    plan = proof.plan(seed)
    out.print(f"Seed {seed}: {plan.replicas} replica(s), {len(plan.events)} events planned.")
    _events(out, plan)
    history = proof.unfold(plan)
    out.print("What happened:")
    out.out(history.text, highlight=False)
    violations = proof.judge(plan)
    for violation in violations:
        out.print(f"[red]{violation}")
    return 1 if violations else 0


def _show(out: Console, proof: Proof, verdict: Verdict) -> None:
    first = verdict.violations[0]
    out.print(f"[red]Seed {verdict.seed} breaks the promise:")
    for violation in verdict.violations:
        out.print(f"  {violation}")
    with out.status("Shrinking …"):
        plan = proof.shrink(verdict.seed, first)
    out.print(
        f"  It still breaks {first.rule!r} with {len(plan.events)} of {verdict.events} events:"
    )
    _events(out, plan)
    out.print(f"  Replay: python app.py prove --seed {verdict.seed} --histories 1 --trace")


def _events(out: Console, plan: Plan) -> None:
    for event in plan.events:
        out.out(f"    {describe(event)}", highlight=False)


def _summary(verdicts: list[Verdict], seconds: float) -> Table:
    table = Table(title="The promise", show_header=False)
    broken = sum(bool(one.violations) for one in verdicts)
    rate = len(verdicts) / seconds * 60 if seconds else 0
    days = sum(one.virtual_seconds for one in verdicts) / 86400
    for name, value in (
        ("histories", f"{len(verdicts):,}"),
        ("broke the promise", f"{broken:,}"),
        ("pages that left", f"{sum(one.pages for one in verdicts):,}"),
        ("bundles that arrived", f"{sum(one.bundles for one in verdicts):,}"),
        ("processes that died", f"{sum(one.deaths for one in verdicts):,}"),
        ("virtual time", f"{days:,.1f} days"),
        ("took", f"{seconds:,.1f} s, {rate:,.0f} histories a minute"),
    ):
        table.add_row(name, value)
    return table


def _row(caught: Caught, what: str) -> tuple[str, ...]:
    by = caught.violation.rule if caught.violation else "[red]missed"
    seed = "" if caught.seed is None else str(caught.seed)
    return f"{caught.name}: {what}", by, seed, str(caught.histories), f"{caught.seconds:.1f}"


def _progress(out: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=out, transient=True)


def read_config(path: Path | None) -> Blueprint | None:
    """The blueprint to prove on, if one was named. Raises BlueprintError."""
    if path is None:
        return None
    return read_file(path)
