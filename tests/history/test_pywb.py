"""A real pywb gives what its files hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ingest.archives import Asker
from ingest.cdx_server import CdxServer
from ingest.holdings import Given, PassedOver, Row, address_key
from ingest.wacz import Part
from ingest.wacz import opened as opened_part
from ingest.warc import REVISIT, captures_in, given_in
from tests.corpus import corpus
from tests.history.pywb_server import ADDRESS, archive_fetcher, serving_pywb

UNTIL = datetime(2020, 1, 1, tzinfo=UTC)


def held_in(files: list[Path]) -> dict[tuple[str, datetime], Given]:
    """What the records of sample files hold, by address and time; a revisit what the record of its digest does."""
    found: dict[tuple[str, datetime], Given] = {}
    revisits: list[Row] = []
    by_digest: dict[str, Given] = {}
    for file in files:
        with file.open("rb") as stream, file.open("rb") as places:
            rows = [row for row in captures_in(stream, places, file.name) if isinstance(row, Row)]
        revisits += [row for row in rows if row.media_type == REVISIT]
        for row in (row for row in rows if row.media_type != REVISIT):
            with opened_part(Part(file.name, file), row.position or 0) as stream:
                found[row.url, row.at] = by_digest[row.digest] = given_in(stream, row.url)
    return found | {(row.url, row.at): by_digest[row.digest] for row in revisits}


def test_pywb_gives_every_real_capture_as_its_files_hold_it(tmp_path: Path) -> None:
    samples = corpus("warc/pywb/sample_archive/warcs")
    files = [samples / name for name in ("dupes.warc.gz", "iana.warc.gz")]
    held = held_in(files)
    given: dict[tuple[str, datetime], Given] = {}
    passed = set()
    with serving_pywb(tmp_path / "served", files) as port, archive_fetcher(port) as fetcher:
        holding = CdxServer(Asker(fetcher, wait=lambda seconds: None), ADDRESS)
        for url in {address_key(url): url for url, _ in held}.values():
            for row in (row for page in holding.pages(url, None, UNTIL) for row in page):
                assert isinstance(row, Row)
                try:
                    given[row.url, row.at] = holding.fetch(row)
                except PassedOver:
                    passed.add((row.url, row.status))
    assert len(given) + len(passed) == len(held)
    onward = ("http://iana.org", "http://www.iana.org/dnssec", "http://www.iana.org/domains/root/db/")
    assert passed == {(url, 302) for url in onward}, "each led to another spelling of itself"
    for key, found in given.items():
        assert (found.status, found.body) == (held[key].status, held[key].body), key
