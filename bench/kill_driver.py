"""One process that polls the replica, poll after poll: what `bench.kill` starts and kills.

Arguments: database URL, data folder, port of the replica, number of polls. It says `poll N` before each poll and waits
for a line, so that the replica can be moved there. Each poll has its own moment in the archive's time.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.migrate import open_archive
from archive.store import Archive
from ingest.documents import DocumentReader
from ingest.fetch import Fetcher
from ingest.politeness import at_once
from ingest.run import run_source
from ingest.tools import Tools
from parsers.source import sources
from replica.transport import replica_transport

START = datetime(2018, 7, 2, 9, 0, tzinfo=UTC)
APART = timedelta(minutes=70)


def main(database_url: str, folder: Path, port: int, polls: int) -> None:
    """Go on with the poll that the last process did not end; the file `polled` counts those that ended."""
    polled = folder / "polled"
    with open_archive(database_url, str(folder / "blobs")) as archive, DocumentReader() as reader:
        for number in range(int(polled.read_text()) if polled.exists() else 0, polls):
            print(f"poll {number}", flush=True)
            sys.stdin.readline()
            poll(archive, reader, port, START + number * APART)
            fresh = folder / "polled.new"
            fresh.write_text(str(number + 1))
            fresh.rename(polled)


def poll(archive: Archive, reader: DocumentReader, port: int, moment: datetime) -> None:
    """One run at that moment."""
    with Fetcher(
        user_agent="bulletins/0.1",
        transport_for=lambda host: replica_transport(port),
        politeness=at_once(),
        clock=lambda: moment,
    ) as fetcher:
        run_source(archive, sources()["bsia-cssc"], Tools(fetcher, reader, clock=lambda: moment))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
