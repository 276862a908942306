"""The API as a program meets it that knows nothing but its description: schemathesis over the OpenAPI document."""

from __future__ import annotations

import os
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error, positive_data_acceptance

from web.openapi import document

EXAMPLES = int(os.environ.get("BULLETINS_TEST_API_EXAMPLES", "20"))
"""How many requests of each kind are tried at each address; a long run by hand sets more."""
OPERATIONS = {path: operations["get"] for path, operations in document()["paths"].items()}
TO_BREAK = [
    path
    for path, operation in OPERATIONS.items()
    if any(each["in"] == "query" or each["schema"]["type"] != "string" for each in operation.get("parameters", ()))
]
"""Addresses whose parameters can be other than described: any text is an id or a slug that there may be."""

each_time = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def described(address: str) -> Any:
    """The API by its own description, as it is served."""
    return schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_what_is_asked_as_described_is_answered_as_described(described: Any, path: str) -> None:
    operation = described[path]["GET"]

    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    @each_time
    def answers(case: Any) -> None:
        answer = case.call()
        if answer.status_code == 400 and (case.query or {}).keys() & {"q", "rank"}:
            assert "expected" in answer.json()["detail"]
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])
        else:
            case.validate_response(answer)

    answers()


@pytest.mark.parametrize("path", sorted(TO_BREAK))
def test_what_is_asked_otherwise_is_refused_as_described(described: Any, path: str) -> None:
    operation = described[path]["GET"]

    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @each_time
    def answers(case: Any) -> None:
        answer = case.call()
        asked = httpx.URL(answer.request.url).params.multi_items()
        if any(not value.strip() for _, value in asked):
            case.validate_response(answer, checks=[not_a_server_error])
        else:
            case.validate_response(answer)

    answers()
