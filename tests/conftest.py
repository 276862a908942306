"""What every test may ask for: databases, the accept option, a deterministic hypothesis."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases", "tests.fixtures_plugin", "tests.order", "tests.statements"]

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("BULLETINS_TEST_PROFILE", "ci"))


def pytest_collection_finish() -> None:
    """Keep the modules and thousands of tests, which live until the end, out of what is searched for garbage."""
    gc.freeze()
