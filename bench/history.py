"""What history costs: captures a second from a WARC file and from a local pywb, memory, and a kill on the way.

    python -m bench.history [--captures 100000] [--pywb-captures 2000] [--kill-captures 3000] [--mailbox-mb 2000]

0 leaves a part out. The captures are of the replica's CSSC page, a minute apart: every 25th has other bytes outside
the region, every 500th another sentence in one message, the others are revisits of the one before.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from archive.migrate import open_archive
from archive.settle import Settled
from archive.store import Archive
from ingest.archives import Asker
from ingest.cdx_server import CdxServer
from ingest.history import Walk
from ingest.holdings import Holding
from ingest.importing import import_files
from ingest.report import Report
from ingest.warc_files import WarcFiles
from ingest.warc_import import Alone
from parsers.source import sources
from replica.messages import Message
from replica.page import page_of
from replica.timeline import state
from tests.history.pywb_server import ADDRESS as PYWB
from tests.history.pywb_server import archive_fetcher, serving_pywb
from tests.history.recorded import Exchange, write_warc
from tests.lifecycle.dumps import counts
from tests.lifecycle.world import ADDRESS

BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
OTHER_BYTES, OTHER_WORDS = 25, 500
HEADERS = (("Content-Type", "text/html; charset=utf-8"),)
LOOK_EVERY = 10_000


def exchanges(count: int) -> Iterator[Exchange]:
    shown: Sequence[Message] = state(40).shown
    body = b""
    for number in range(count):
        if number % OTHER_WORDS == 0:
            edited = replace(shown[0], paragraphs=(f"Edition {number} of this advice.",))
            shown = [edited, *shown[1:]]
        if number % OTHER_BYTES == 0:
            body = page_of(shown, serial=number)
        yield Exchange(ADDRESS, BEGIN + timedelta(minutes=number), 200, HEADERS, body)


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass
class Watched(Report):
    """A report that says how much memory there is in use whenever so many captures have been taken."""

    taken: int = 0

    def take(self, settled: Settled | None) -> None:
        super().take(settled)
        self.taken += 1
        if self.taken % LOOK_EVERY == 0:
            print(f"  {resident_mb():6.0f} MB resident after {self.taken} captures", flush=True)


def walk(archive: Archive, holding: Holding) -> Report:
    source = sources()["bsia-cssc"]
    report = Watched(source.slug)
    Walk(archive, source, holding, Alone(), report).go()
    return report


def measured(name: str, count: int, archive: Archive, holding: Holding) -> None:
    began, used = time.perf_counter(), time.process_time()
    report = walk(archive, holding)
    wall, processor = time.perf_counter() - began, time.process_time() - used
    told = f"{count / wall:.0f} captures/s by the wall, {count / processor:.0f} by the processor"
    print(f"{name}: {count} captures in {wall:.1f} s ({processor:.1f} s processor): {told}; {report.accounts}")


def imported(folder: Path, file: Path, count: int) -> None:
    with open_archive(f"sqlite:///{folder / 'archive.sqlite'}", str(folder / "blobs")) as archive:
        holding = WarcFiles(archive, "bsia-cssc", [file])
        began, used = time.perf_counter(), time.process_time()
        problems = list(holding.index())
        wall, processor = time.perf_counter() - began, time.process_time() - used
        print(f"index: {count} captures in {wall:.1f} s ({processor:.1f} s processor) {problems}", flush=True)
        measured("import", count, archive, holding)
        holding.close()


def from_pywb(folder: Path, count: int) -> None:
    file = write_warc(folder / "pywb.warc.gz", list(exchanges(count)))
    with (
        serving_pywb(folder / "served", [file]) as port,
        archive_fetcher(port) as fetcher,
        open_archive(f"sqlite:///{folder / 'pywb.sqlite'}", str(folder / "pywb-blobs")) as archive,
    ):
        holding = CdxServer(Asker(fetcher, wait=lambda seconds: None), PYWB)
        measured("backfill from pywb", count, archive, holding)


def mailbox(folder: Path, megabytes: int) -> None:
    """A mailbox of so many MB, of messages with an attachment of 1 MB each, imported with an eye on memory."""
    attached = base64.encodebytes(random.Random(1).randbytes(750_000))
    file = folder / "large.mbox"
    with file.open("wb") as output:
        for number in range(megabytes):
            output.write(message(number, attached))
    print(f"{file.stat().st_size / 1e6:.0f} MB of mail, {resident_mb():.0f} MB resident before", flush=True)
    began, used = time.perf_counter(), time.process_time()
    with open_archive(f"sqlite:///{folder / 'mail.sqlite'}", str(folder / "mail-blobs")) as archive:
        report = import_files(archive, sources()["cssc"], [file], datetime.now(UTC), url=None, at=None)
    wall, processor = time.perf_counter() - began, time.process_time() - used
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"mailbox: {wall:.1f} s ({processor:.1f} s processor), {report.accounts}; {resident_mb():.0f} MB resident")
    print(f"  {most:.0f} MB was the most in the life of this process")


def message(number: int, attached: bytes) -> bytes:
    when = BEGIN + timedelta(hours=number)
    head = (
        f"From cascade@example.org {when:%a %b %d %H:%M:%S %Y}\n"
        f"From: cascade@example.org\nSubject: GREEN: notice {number}\nDate: {format_datetime(when)}\n"
        f"Message-ID: <{number}@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nNotice number {number}: please keep the doors shut.\n"
        f"--b\nContent-Type: application/pdf; name={number}.pdf\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; filename={number}.pdf\n\n"
    )
    own = base64.encodebytes(b"%%PDF-1.4 number %07d\n" % number)
    return head.encode() + own + attached + b"--b--\n\n"


def killed_and_resumed(folder: Path, file: Path, count: int) -> None:
    """The same import in a process of its own that is killed now and then, until one comes to its end."""
    command = [sys.executable, "-m", "bench.history", "--child", str(folder), str(file), str(count)]
    kills = 0
    while True:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            child.wait(10 * (kills + 1))
            break
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            kills += 1
    print(f"killed {kills} times, then ended with {child.returncode}")


def compared(one: Path, other: Path) -> None:
    found = []
    for folder in (one, other):
        with open_archive(f"sqlite:///{folder / 'archive.sqlite'}", str(folder / "blobs")) as archive:
            found.append(counts(archive))
    print(f"rows of all tables equal after the kills: {found[0] == found[1]}; {found[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=100_000)
    parser.add_argument("--pywb-captures", type=int, default=2_000)
    parser.add_argument("--kill-captures", type=int, default=3_000)
    parser.add_argument("--mailbox-mb", type=int, default=2_000)
    parser.add_argument("--child", nargs=3)
    chosen = parser.parse_args()
    if chosen.child:
        folder, file, count = chosen.child
        imported(Path(folder), Path(file), int(count))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("whole", "one", "other"):
            (folder / part).mkdir()
        if chosen.kill_captures:
            small = write_warc(folder / "small.warc.gz", list(exchanges(chosen.kill_captures)))
            imported(folder / "one", small, chosen.kill_captures)
            killed_and_resumed(folder / "other", small, chosen.kill_captures)
            compared(folder / "one", folder / "other")
        if chosen.pywb_captures:
            from_pywb(folder, chosen.pywb_captures)
        if chosen.captures:
            large = write_warc(folder / "large.warc.gz", exchanges(chosen.captures))
            print(f"{large.stat().st_size / 1e6:.0f} MB of WARC, {resident_mb():.0f} MB resident before", flush=True)
            imported(folder / "whole", large, chosen.captures)
        if chosen.mailbox_mb:
            mailbox(folder, chosen.mailbox_mb)


if __name__ == "__main__":
    main()
