"""The `--accept` option: fixture tests rewrite their expected files, and the diff is the review."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected files of the fixture folders")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether this run rewrites expected files instead of comparing with them."""
    return bool(request.config.getoption("--accept"))
