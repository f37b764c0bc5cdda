"""What would happen: a policy simulated, the coverage ahead, the promise put to the test."""

from pathlib import Path
from typing import Annotated

import typer

from assembly import logs
from assembly.settings import SettingsError
from cli.commands import process


def simulate(
    policy: Annotated[str, typer.Argument(help="Its name, in any case.")],
    at: Annotated[
        str | None, typer.Option(help="Such as 2026-12-24T22:00:00+01:00; left out: now.")
    ] = None,
    unreachable: Annotated[
        list[str] | None,
        typer.Option(metavar="EMAIL", help="Nothing reaches this person. May be said repeatedly."),
    ] = None,
    slack_down: Annotated[
        bool, typer.Option("--slack-down", help="Nothing arrives in Slack; letters do.")
    ] = False,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Say who would be paged, when, through what and why, if nobody answered. Pages nobody.

    The very functions that page are asked, in a rehearsal of which nothing is kept.
    """
    from cli.simulate import run_simulate

    process.run(
        run_simulate(
            process.configured(),
            policy,
            at=at,
            unreachable=unreachable or (),
            slack_down=slack_down,
            org=org,
        )
    )


def coverage(
    days: Annotated[int, typer.Option(min=1, max=366, help="How far to look ahead.")] = 30,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Find gaps, layers that page nobody, people without a channel, and more; with what to do.

    Ends with 0 if there is nothing to say, with 1 if there is.
    """
    from cli.coverage import run_coverage

    process.run(run_coverage(process.configured(), days=days, org=org))


def prove(
    histories: Annotated[int, typer.Option(min=1, help="How many to unfold.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The first history's; the rest count on.")] = 7,
    config: Annotated[
        Path | None, typer.Option(help="Prove it on your own tocsin.yaml.", exists=True)
    ] = None,
    replicas: Annotated[
        int | None, typer.Option(min=1, max=5, help="Left out: one to three, as the seed decides.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; left out: all cores.")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print one history readably.")] = False,
    mutations: Annotated[
        bool, typer.Option("--mutations", help="Plant bugs and show that each is caught.")
    ] = False,
) -> None:
    """Try to break the promise: the real engine under faults, deaths and clocks that jump.

    Deterministic: a seed that fails is printed, shrunk, and can be replayed exactly. Ends with 1
    if the promise was broken. docs/promise.md says what is judged.
    """
    from cli.prove import read_config, run_mutations, run_prove

    logs.configure("text", "error")
    if mutations:
        raise typer.Exit(run_mutations())
    try:
        blueprint = read_config(config)
    except SettingsError as error:
        process.fail(error)
    raise typer.Exit(
        run_prove(
            histories=histories,
            seed=seed,
            blueprint=blueprint,
            replicas=replicas,
            jobs=jobs,
            trace=trace,
        )
    )
