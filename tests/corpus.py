"""Real captures, which stay beside the checkout: tests that use them skip where they are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def corpus(path: str) -> Path:
    """The corpus file or folder at `path`; skips the calling test where the corpus is not beside the checkout."""
    found = CORPUS / path
    if not found.exists():
        pytest.skip(f"the corpus is not beside this checkout: {path}")
    return found
