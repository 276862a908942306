"""Two processes that work on one archive keep apart at a host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archive.store import Archive
from tests.ingest.test_politeness import Door
from tests.servers import serving

DRIVER = """
import sys
from archive.migrate import open_archive
from ingest.fetch import Fetcher
from ingest.politeness import HostRules, Politeness, SharedLedger
from tests.servers import loopback
url, blobs, port, count = sys.argv[1:]
with open_archive(url, blobs) as archive:
    politeness = Politeness(lambda host: HostRules(0.1), SharedLedger(archive))
    with Fetcher(user_agent="b", transport_for=lambda host: loopback(int(port)), politeness=politeness) as fetcher:
        for _ in range(int(count)):
            fetcher.get("http://site.test/")
"""


def test_two_processes_on_one_archive_keep_apart(hosts_archive: Archive, tmp_path: Path) -> None:
    door = Door()
    with serving({"/": door.answer}) as server:
        command = [
            sys.executable,
            "-c",
            DRIVER,
            hosts_archive.database_url,
            str(tmp_path / "blobs"),
            str(server.port),
            "5",
        ]
        both = [subprocess.Popen(command) for _ in range(2)]
        assert [each.wait(60) for each in both] == [0, 0]
    assert (door.most, len(door.spans)) == (1, 10)
    pauses = [begun - ended for (_, ended), (begun, _) in zip(door.spans, door.spans[1:], strict=False)]
    assert min(pauses) >= 0.095
    assert len({each.connection for each in server.asked}) == 2
