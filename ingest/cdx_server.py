"""A web archive with a CDX server and replay: the Internet Archive, or any collection that pywb serves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit

from ingest.archives import Asker, Broken, Refused, Response
from ingest.cdx import rows_in
from ingest.holdings import Away, BadIndex, Given, NotGiven, PassedOver, Row, Unusable, same_address
from ingest.settling import REDIRECTS
from ingest.warc_wholeness import refuse_short

INTERNET_ARCHIVE = "https://web.archive.org"
ROWS_A_PAGE = 5_000
MOST_ROWS = 500_000
"""How many captures one address may have."""
ORIGINAL = "x-archive-orig-"
"""What archives write before the names of the publisher's own headers."""
THEIRS = ("content-type", "location")
"""Headers of a replay that are the publisher's under their own name."""
IN_REPLAY = re.compile(r"/(\d{4,14})(?:[a-z]{2}_)?/(.+)", re.DOTALL)
ORIGINAL_LINK = re.compile(r'<([^<>]*)>\s*;\s*rel="?original"?')
MOST_STEPS = 3
FOLLOWED = timedelta(seconds=60)
"""How long after a redirect to another spelling of its address a crawler has followed it. pywb replays that capture."""
EXCLUDED = frozenset({400, 403, 451})
"""Statuses of an index that may not, or cannot, speak of an address."""


class CdxServer:
    """A web archive at `address`: the Internet Archive, or the address of a pywb collection."""

    cause = "backfill"

    def __init__(self, asker: Asker, address: str = INTERNET_ARCHIVE) -> None:
        self._asker = asker
        self.name = self.via = address.rstrip("/")
        is_wayback = urlsplit(address).hostname == urlsplit(INTERNET_ARCHIVE).hostname
        self._index = f"{self.name}/cdx/search/cdx" if is_wayback else f"{self.name}/cdx"
        self._replay = f"{self.name}/web/" if is_wayback else f"{self.name}/"

    def pages(self, url: str, since: datetime | None, until: datetime) -> Iterator[Sequence[Row | Unusable]]:
        """What the index lists of an address in this span, a page at a time. Raises BadIndex and Away."""
        count, seen = 0, set[tuple[str, datetime, str]]()
        while True:
            page = list(rows_in(self._listed(url, since, until)))
            rows = [each for each in page if isinstance(each, Row)]
            _refuse_no_rows(url, page, rows)
            fresh = [each for each in page if not isinstance(each, Row) or _mark(each) not in seen]
            count += len(fresh)
            if count > MOST_ROWS:
                raise BadIndex(f"{url}: more than {MOST_ROWS} captures, expected at most that")
            yield fresh
            if len(page) < ROWS_A_PAGE:
                return
            since = _onward(url, rows, since, any(isinstance(each, Row) for each in fresh))
            seen = {_mark(each) for each in rows if each.at == since}

    def _listed(self, url: str, since: datetime | None, until: datetime) -> bytes:
        asked = {"url": url, "output": "json", "limit": str(ROWS_A_PAGE)}
        asked |= {"from": _stamp(since)} if since else {}
        return listed(self._asker, f"{self._index}?{urlencode(asked | {'to': _stamp(until)})}", url)

    def fetch(self, row: Row) -> Given:
        """The capture that a row lists, just that one. Raises NotGiven, PassedOver and Away."""
        stamp = _stamp(row.at)
        address = f"{self._replay}{stamp}id_/{row.url}"
        for _ in range(MOST_STEPS):
            answer = self._answer(address)
            if _moment(answer) is not None:
                return self._as_sent(row, answer)
            onward = self._onward_in_archive(answer, stamp, row)
            if onward is None or onward == address:
                break
            address = onward
        raise NotGiven(_refusal(answer))

    def _answer(self, address: str) -> Response:
        try:
            return self._asker.ask(address, is_final=lambda answer: _moment(answer) is not None)
        except (Refused, Broken) as problem:
            raise NotGiven(str(problem)) from problem

    def _onward_in_archive(self, answer: Response, stamp: str, row: Row) -> str | None:
        """Where the archive's own redirect leads, if to the same capture under another spelling."""
        location = answer.header("Location") if answer.status in REDIRECTS else None
        place = IN_REPLAY.search(location.removeprefix(self._replay.rstrip("/"))) if location else None
        if place is None or place[1] != stamp or not same_address(place[2], row.url):
            return None
        return f"{self._replay}{stamp}id_/{place[2]}"

    def _as_sent(self, row: Row, answer: Response) -> Given:
        """The publisher's response in a memento (RFC 7089), which must be the one that was asked for."""
        moment = _moment(answer)
        original = ORIGINAL_LINK.search(answer.header("Link") or "")
        if original is not None and not same_address(original[1], row.url):
            raise NotGiven(f"the archive gives a capture of {original[1][:200]}, expected one of {row.url}")
        later = moment - row.at if moment is not None else timedelta.max
        if row.status in REDIRECTS and answer.status != row.status and timedelta(0) <= later <= FOLLOWED:
            raise PassedOver("the archive leads on to another spelling of the address, which is listed by itself")
        if abs(later) >= timedelta(seconds=1):
            raise NotGiven(f"the archive gives the capture of {moment} instead, expected that of {row.at}")
        headers = tuple(self._headers(answer))
        if any(name.lower().startswith(ORIGINAL) for name, _ in answer.headers):
            refuse_short(answer.body, answer.status, {name.lower(): value for name, value in headers})
        return Given(row.url, answer.status, headers, answer.body)

    def _headers(self, answer: Response) -> Iterator[tuple[str, str]]:
        is_prefixed = any(name.lower().startswith(ORIGINAL) for name, _ in answer.headers)
        for name, value in answer.headers:
            low = name.lower()
            if low == "location":
                value = self._unreplayed(value)
            if low.startswith(ORIGINAL):
                yield name[len(ORIGINAL) :], value
            elif low in THEIRS or (not is_prefixed and low in ("etag", "last-modified", "content-disposition")):
                yield name, value

    def _unreplayed(self, location: str) -> str:
        """The address behind a replay's own."""
        own = location.startswith((self._replay, urlsplit(self._replay).path))
        place = IN_REPLAY.search(location.removeprefix(self._replay.rstrip("/"))) if own else None
        return place[2] if place else location


def listed(asker: Asker, address: str, url: str) -> bytes:
    """The body of an index's answer for `url`; empty where it lists nothing. Raises BadIndex and Away."""
    try:
        answer = asker.search(address)
    except (Refused, Broken) as problem:
        raise Away(str(problem)) from problem
    if answer.status == 200:
        return answer.body
    if answer.status == 404 and b"no captures found" in answer.body[:2_000].lower():
        return b""
    told = answer.header("X-Archive-Wayback-Runtime-Error") or answer.body[:200].decode("utf-8", "replace")
    reason = f"the index answers with status {answer.status} ({' '.join(told.split())[:200]})"
    if answer.status in EXCLUDED:
        raise BadIndex(f"{url}: {reason}", is_final=True)
    raise Away(f"{address}: {reason}, expected a list of captures")


def _refuse_no_rows(url: str, page: Sequence[Row | Unusable], rows: Sequence[Row]) -> None:
    """Raise BadIndex for an answer with words in it of which none is a row: an error with the status of success."""
    told = next((each.reason for each in page if isinstance(each, Unusable)), None)
    if told is not None and not rows:
        raise BadIndex(f"{url}: no row in the answer of the index: {told}")


def _onward(url: str, rows: Sequence[Row], since: datetime | None, has_fresh: bool) -> datetime:
    """From when the next page is asked: the last moment of this one, which must rise. Raises BadIndex."""
    times = [row.at for row in rows if row.problem is None]
    if not times or not has_fresh or times != sorted(times) or (since is not None and times[-1] <= since):
        raise BadIndex(f"{url}: the pages of the index do not go on in time, expected later captures on each")
    return times[-1]


def _mark(row: Row) -> tuple[str, datetime, str]:
    return row.url, row.at, row.digest


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def _moment(answer: Response) -> datetime | None:
    """When a memento was captured (RFC 7089, 2.1.1); None for what is an archive's own answer."""
    stated = answer.header("Memento-Datetime")
    try:
        moment = parsedate_to_datetime(stated) if stated else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _refusal(answer: Response) -> str:
    """Why an archive's own answer is no capture."""
    told = answer.header("X-Archive-Redirect-Reason") or answer.header("X-Archive-Wayback-Runtime-Error")
    if told is None and answer.status in REDIRECTS:
        told = f"leads to {(answer.header('Location') or '')[:200]}"
    return f"the archive answers with status {answer.status}{f' ({told})' if told else ''}, expected the capture"
