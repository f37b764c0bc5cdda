"""The OpenAPI document: valid, complete, pleasant to read, and committed as it is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from typer.testing import CliRunner

from app import commands
from web.api import openapi_document, refusals
from web.api.openapi import NOUNS
from web.api.wording import unused_wording

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, of_path in openapi_document()["paths"].items():
        for method, operation in of_path.items():
            yield f"{method.upper()} {path}", operation


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where, what schema, and what is shown there."""
    for name, operation in operations():
        said = {"what is sent": operation.get("requestBody", {}), **operation["responses"]}
        for what, part in said.items():
            content = part.get("content", {}).get("application/json", {})
            if "example" in content:
                yield f"{name} {what}", content["schema"], content["example"]
            for code, one in content.get("examples", {}).items():
                yield f"{name} {code}", content["schema"], one["value"]


def fields(schemas: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in schemas.items():
        for field, one in schema.get("properties", {}).items():
            yield f"{name}.{field}", one


def test_the_document_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(openapi_document()).validate()


def test_the_committed_document_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(commands, ["openapi"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == openapi_document()
    assert COMMITTED.read_text(encoding="utf-8") == printed.stdout, "run `make openapi`"


def test_every_operation_has_a_name_of_its_own_and_a_sentence() -> None:
    every = [operation for _, operation in operations()]
    assert len({one["operationId"] for one in every}) == len(every)
    assert [one["operationId"] for one in every if not one["summary"]] == []


def test_every_noun_is_explained() -> None:
    assert {tag for _, one in operations() for tag in one["tags"]} == set(NOUNS)


def test_every_refusal_is_shown_by_its_code_with_its_status_and_type() -> None:
    for name, operation in operations():
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            for code, one in response["content"]["application/json"]["examples"].items():
                told = one["value"]
                assert (told["code"], told["statusCode"]) == (code, int(status)), name
                assert told["type"] == refusals.type_of(code), name


def test_every_example_is_one() -> None:
    document = {"$schema": SCHEMA, **openapi_document()}
    for where, schema, shown in examples():
        validator = Draft202012Validator(
            {**document, **schema}, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        assert [error.message for error in validator.iter_errors(shown)] == [], where


@pytest.mark.parametrize("said", ["Shown", "Data_", "spec section", "Successful Response"])
def test_nothing_is_said_that_only_we_understand(said: str) -> None:
    assert said not in json.dumps(openapi_document())


def test_every_field_says_what_it_means_and_so_does_every_parameter() -> None:
    document = openapi_document()
    assert [name for name, one in fields(document["components"]["schemas"])
            if not one.get("description")] == []  # fmt: skip
    assert [
        f"{name} {one['name']}"
        for name, operation in operations()
        for one in operation.get("parameters", ())
        if not one.get("description")
    ] == []
    assert unused_wording(document) == set()


def test_every_header_is_said_where_it_is_sent() -> None:
    responses = openapi_document()["paths"]["/incidents"]["post"]["responses"]
    assert set(responses["401"]["headers"]) == {"X-Request-Id", "WWW-Authenticate"}
    assert {"ETag", "Idempotency-Replayed", "X-Request-Id"} < set(responses["201"]["headers"])
    assert "Retry-After" in responses["429"]["headers"]
