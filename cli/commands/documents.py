"""What others are handed: the manifest for Slack, the OpenAPI document for programs."""

import json
from typing import Annotated

import typer


def manifest(
    url: Annotated[
        str | None, typer.Option(help="Where Slack reaches Tocsin: https://tocsin.example.com")
    ] = None,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="Without a public URL.")
    ] = False,
) -> None:
    """Print the Slack app's manifest, filled in, to be pasted into Slack."""
    from cli.manifest import render_manifest

    try:
        typer.echo(render_manifest(url=url, socket_mode=socket_mode))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def openapi() -> None:
    """Print the API's OpenAPI document, as it is served at /v1/openapi.json."""
    from web.api import openapi_document

    typer.echo(json.dumps(openapi_document(), indent=2, ensure_ascii=False))
