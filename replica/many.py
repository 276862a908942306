"""Many bulletins on many hosts, for benchmarks: a listing page per host that links to one page per bulletin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape

from replica.answers import Answer, Site, Visit, digest, not_found
from replica.documents import alert
from replica.messages import seeded_sentence, seeded_words

LISTING_PATH = "/bulletins"
CHANGED_AT = datetime(2018, 7, 2, 8, 0, tzinfo=UTC)
PARAGRAPHS = 6

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>
<nav><a href="/">Home</a> <a href="/bulletins">Bulletins</a></nav>
<main id="main">{main}</main>
<footer><p>&copy; The replica. <a href="/privacy">Privacy</a></p></footer></body></html>
"""


@dataclass(frozen=True, slots=True)
class FixedSite:
    """A site that never changes: its answers by path, made beforehand so that serving costs little."""

    host: str
    answers: Mapping[str, Answer]
    last_step: int = 0

    def answer(self, visit: Visit) -> Answer:
        return self.answers.get(visit.path) or not_found(visit.path)


def many_sites(bulletins: int, hosts: int, *, pdf_every: int = 0, seed: int = 1) -> dict[str, Site]:
    """`bulletins` spread evenly over `hosts` (site-00.replica.test, …); every `pdf_every`th cites a one-page PDF."""
    numbers = {host_name(index): range(index, bulletins, hosts) for index in range(hosts)}
    return {host: FixedSite(host, dict(_answers(numbers[host], pdf_every, seed))) for host in numbers}


def host_name(index: int) -> str:
    return f"site-{index:02d}.replica.test"


def detail_path(number: int) -> str:
    return f"{LISTING_PATH}/{number:06d}.html"


def _answers(numbers: range, pdf_every: int, seed: int) -> Iterator[tuple[str, Answer]]:
    yield LISTING_PATH, _fixed("text/html; charset=utf-8", _listing(numbers, seed))
    for number in numbers:
        pdf_path = f"/documents/{number:06d}.pdf" if pdf_every and number % pdf_every == 0 else None
        yield detail_path(number), _fixed("text/html; charset=utf-8", _detail(number, pdf_path, seed))
        if pdf_path:
            body = alert(_title(number, seed), (seeded_sentence(f"{seed}-{number}-pdf"),))
            yield pdf_path, _fixed("application/pdf", body)


def _fixed(media_type: str, body: bytes) -> Answer:
    return Answer(200, media_type, body, f'"{digest(body)}"', CHANGED_AT)


def _title(number: int, seed: int) -> str:
    return f"{seeded_words(f'{seed}-{number}-title', 6).capitalize()} {number}"


def _issued(number: int) -> date:
    return date(2018, 6, 29) - timedelta(days=number // 3)


def _listing(numbers: range, seed: int) -> bytes:
    items = "\n".join(
        f'<li><a href="{detail_path(number)}">{escape(_title(number, seed))}</a> '
        f'<time datetime="{_issued(number)}">{_issued(number):%d/%m/%Y}</time></li>'
        for number in numbers
    )
    return PAGE.format(title="Bulletins", main=f"<h1>Bulletins</h1><ul>\n{items}\n</ul>").encode()


def _detail(number: int, pdf_path: str | None, seed: int) -> bytes:
    title = _title(number, seed)
    words = "\n".join(f"<p>{seeded_sentence(f'{seed}-{number}-{line}')}</p>" for line in range(PARAGRAPHS))
    link = f'\n<p><a href="{pdf_path}">The bulletin as PDF</a></p>' if pdf_path else ""
    date_line = f'<p class="date"><time datetime="{_issued(number)}">{_issued(number):%d/%m/%Y}</time></p>'
    return PAGE.format(title=title, main=f"<article><h1>{title}</h1>\n{date_line}\n{words}{link}</article>").encode()
