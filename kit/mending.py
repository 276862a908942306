"""From a quarantined entry to its parser mended: the commands in their order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

MAIL = "mid:"
"""The addresses of messages, which are never made a fixture."""
LOAD = "load:"
"""The addresses of lines of an export, which no parser reads: they are compared with what is kept."""


def with_next(found: Mapping[str, Any], saved: Path | None) -> dict[str, Any]:
    """A quarantine row with where the page's body is, and what to do next."""
    source, capture = found["source"], found["capture"]
    since = found["at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    where = str(saved) if saved else f"./bulletins quarantine {found['id']} --save FILE"
    fixture = f"./bulletins fixture {source} --capture {capture}"
    loaded = found["url"].removeprefix(LOAD)
    commands = (
        [f"./bulletins show {loaded}"]
        if loaded != found["url"]
        else [
            f"./bulletins parse {source} --capture {capture} --watch",
            *(() if found["url"].startswith(MAIL) else (fixture,)),
            f"./bulletins replay {source} --since {since} --dry-run",
            f"./bulletins replay {source} --since {since}",
        ]
    )
    return {**found, "body": where, "next": commands}


def write_new(path: Path, body: bytes) -> None:
    """Write a file that is not there yet; raises FileExistsError where it is."""
    with path.open("xb") as file:
        file.write(body)
