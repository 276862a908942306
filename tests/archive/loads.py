"""Loading an export into an archive, for tests."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from archive.store import Archive
from ingest.loading import Loading
from ingest.report import Report
from tests.archive.test_export import LATER, SOURCES
from tests.lifecycle.world import bsia


def load(
    archive: Archive, body: bytes, told: list[str] | None = None, former: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Report]:
    """Load an export; `former` are the former slugs of sources with the present ones."""
    sources = SOURCES | {new: bsia(new) for new in former.values()}
    said = told if told is not None else []
    loading = Loading(archive, sources, {"old-page": "bsia-cssc", **former}, "file", LATER, said.append)
    return {report.source: report for report in loading.load(io.BytesIO(body))}


def rows_of(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines()]
